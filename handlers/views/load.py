"""Load in words: a person's own week, and for who leads the shift who carries how much. Private, and no ranking."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.load import Now, Week
from bot.domain.values import ChannelId, Language, UserId
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens


class Line(NamedTuple):
    """What one person carries."""

    person: UserId
    now: Now
    week: Week
    zoned: bool = True
    """Their own zone is known; nights are counted by it."""


def own_week(pen: Pen, week: Week) -> str:
    """For the person alone."""
    return pen.say(
        "Your last 7 days: Sev A owned {owned}, helped {helped}; nights {nights}; contacts promised {promised}, made "
        "in time {kept}.",
        owned=week.owned, helped=week.helped, nights=week.nights, promised=week.promised, kept=week.kept,
    )  # fmt: skip


def week_message(week: Week, language: Language) -> Message:
    """The answer of the button."""
    rich, plain = pens(language, "UTC", private=True)
    return Message(
        text="\n".join([own_week(plain, week), _nights(plain), _seen_by(plain)]),
        blocks=(parts.section(own_week(rich, week)), parts.context(f"{_nights(rich)}\n{_seen_by(rich)}")),
    )


def load(channel: ChannelId, lines: Sequence[Line], language: Language) -> Message:
    """Who carries how much in a channel, in the order given."""
    rich, plain = pens(language, "UTC", private=True)
    spoken = [plain.say("Who carries how much: now, and in the last 7 days"), *_people(plain, lines)]
    shown = [rich.bold(rich.say("Who carries how much: now, and in the last 7 days")), *_people(rich, lines)]
    blocks = [parts.section(page) for page in parts.pages(shown)]
    order = rich.say("In the order of names; it is no ranking. Before you ask again, ask.")
    return Message(
        text=parts.fitting([*spoken, _nights(plain), order], parts.TEXT),
        blocks=(*blocks[: parts.BLOCKS - 1], parts.context(f"{_nights(rich)}\n{order}")),
    )


def _people(pen: Pen, lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        yield pen.say("Nobody has worked here within 7 days.")
    for line in lines:
        now, week = line.now, line.week
        nights = str(week.nights) if line.zoned else "–"
        yield pen.say(
            "• {who} — now: Sev A {owned}, areas {held}, helping {joined}; 7 days: Sev A {had}, helped {helped}, "
            "nights {nights}",
            who=parts.person(line.person), owned=now.owned, held=now.held, joined=now.joined, had=week.owned,
            helped=week.helped, nights=nights,
        )  # fmt: skip


def _nights(pen: Pen) -> str:
    return pen.say("Nights: cases on which they acted between 22:00 and 6:00 of their own zone.")


def _seen_by(pen: Pen) -> str:
    return pen.say("You see this, and who leads the shift.")
