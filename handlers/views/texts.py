"""Texts: every sentence in the reader's language, from gettext catalogues. The English sentence is its own key."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from bot.domain.values import Language

CATALOGUE = "locales/{language}/LC_MESSAGES/jibungoto.po"


def mark(msgid: str) -> str:
    """A sentence that is translated where it is said: the catalogue's test finds it here."""
    return msgid


class Texts:
    """The sentences of one language. English needs no catalogue."""

    def __init__(self, language: Language, sentences: Mapping[str, str]) -> None:
        self.language: Language = language
        self._sentences = sentences

    def say(self, msgid: str, /, **fields: object) -> str:
        """The sentence, translated and then filled in: fields are never translated or read as a format again."""
        said = self._sentences.get(msgid, msgid)
        return said.format(**fields) if fields else said

    def count(self, one: str, many: str, n: int, /, **fields: object) -> str:
        """The sentence in the form that the number asks for; the number is the field `n`."""
        said = self._sentences.get(one) or (one if n == 1 else many)
        return said.format(n=n, **fields)

    def listed(self, things: list[str] | tuple[str, ...]) -> str:
        """Several things in one phrase."""
        return ("、" if self.language == "ja" else ", ").join(things)

    def sentences(self, *said: str) -> str:
        """Sentences one after the other, the empty ones left out."""
        return ("" if self.language == "ja" else " ").join(part for part in said if part)


@cache
def texts(language: Language) -> Texts:
    """The texts of a language, read once."""
    return Texts(language, _catalogue(language))


def _catalogue(language: Language) -> dict[str, str]:
    if language == "en":
        return {}
    source = files("bot").joinpath(CATALOGUE.format(language=language))
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    return {_key(message.id): _first(message.string) for message in catalogue if message.id and message.string}


def _key(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _first(said: str | tuple[str, ...] | list[str]) -> str:
    """Japanese has one form for every number."""
    return said if isinstance(said, str) else said[0]
