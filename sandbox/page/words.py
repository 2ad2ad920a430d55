"""Words: what the page itself says, in the browser's language. Keys are the English sentences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib.resources import files

import yaml

Say = Callable[..., str]
LANGUAGES = ("en", "ja")


@functools.cache
def japanese() -> Mapping[str, str]:
    """Every sentence in Japanese."""
    text = files("sandbox.page").joinpath("data/ja.yaml").read_text(encoding="utf-8")
    sentences: dict[str, str] = yaml.safe_load(text)
    return sentences


def speaker(language: str) -> Say:
    """Says a sentence in that language."""
    table = japanese() if language == "ja" else {}

    def say(sentence: str, **values: object) -> str:
        said = table.get(sentence, sentence)
        return said.format(**values) if values else said

    return say


def preferred(accepted: str) -> str:
    """The first of ours that the browser asks for; English for everybody else."""
    wishes: list[tuple[float, int, str]] = []
    for place, wish in enumerate(accepted.split(",")):
        name, _, weight = wish.strip().partition(";q=")
        language = name.strip().lower().split("-")[0]
        if language in LANGUAGES:
            wishes.append((-_number(weight), place, language))
    return min(wishes)[2] if wishes else "en"


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
