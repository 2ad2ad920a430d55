"""Erasure knows which texts of a fact somebody typed: a field that is added later has to be one or the other."""

import typing

from pydantic import BaseModel

from bot.domain.messages import Fact
from storage.erasure import TYPED

OURS = {
    "kind", "checkpoint", "clock", "rung", "verdict", "policy", "version", "source", "severity", "family", "language",
    "customer_zone", "name_en", "name_ja", "area", "left_open", "instead_of", "aliases", "delivery",
    "before", "zone", "places", "first", "last", "key", "nudge", "item", "sort", "duty_group", "emoji", "risk",
    "ja", "en", "areas", "keywords", "notes_ja", "notes_en",
}  # fmt: skip
"""Keys whose text is a word of ours, of the configuration or of Slack."""


def texts_of(model: type[BaseModel], seen: set[type]) -> typing.Iterator[str]:
    """Every field, at any depth, that holds text of no other type."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        inner = [field.annotation, *typing.get_args(field.annotation)]
        inner += [arg for one in inner for arg in typing.get_args(one)]
        if str in inner:
            yield name
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield from texts_of(one, seen)


def test_every_text_of_a_fact_is_typed_or_ours() -> None:
    seen: set[type] = set()
    texts = {name for kind in typing.get_args(Fact) for name in texts_of(kind, seen)}
    assert texts - TYPED - OURS == set()
    assert texts & TYPED >= {"said", "action", "evidence", "text", "title", "customer"}
