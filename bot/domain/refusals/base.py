"""Refusal: an act that a rule does not allow. The docstring of a class is the sentence that the person reads."""

from typing import Any, ClassVar


class Refusal(Exception):
    """This can't be done."""

    example: str = ""
    """A line that works, in the shared grammar; `{…}` are fields of `about`."""
    people: ClassVar[frozenset[str]] = frozenset({"who", "holder", "owner", "to", "by", "ask"})
    """The fields of `about` that name a person, or several."""

    def __init__(self, **about: Any) -> None:
        self.about = about
        super().__init__(self.sentence.format_map(_Blank(about)))

    @property
    def sentence(self) -> str:
        return " ".join((type(self).__doc__ or Refusal.__doc__ or "").split())


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
