"""Paper: headings, tables and lines, before they are Markdown or HTML. What people typed is plain text in it."""

from dataclasses import dataclass

from bot.domain.values import Language


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Items:
    """Lines one below the other."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    """Empty where the first column says it."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """The place of the picture, and what it shows for who can't see it."""

    text: str


Block = Words | Items | Table | Picture


@dataclass(frozen=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Paper:
    language: Language
    title: str
    sections: tuple[Section, ...]
