"""Pen: writes the same sentence twice, once for the eye (date tokens) and once to be read aloud (times in words)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.messages import ClockName, How, Verdict
from bot.domain.values import CaseNumber, Language, Timestamp, UserId
from handlers.views import parts, times
from handlers.views.texts import Texts, mark, texts

STATES = {
    "open": mark("not started"),
    "claimed": mark("looking"),
    "cleared": mark("cleared"),
    "suspect": mark("suspect"),
    "cause": mark("cause found"),
    "waiting": mark("waiting for information"),
}
WAYS: dict[How, str] = {
    "phone": mark("phone"),
    "mail": mark("mail"),
    "chat": mark("chat"),
    "meeting": mark("meeting"),
    "portal": mark("portal"),
    "other": mark("another way"),
}
CLOCKS: dict[ClockName, str] = {
    "first-response": mark("First response"),
    "next-contact": mark("Next contact"),
    "next-reply": mark("Next reply"),
    "deadline": mark("Customer's deadline"),
    "resolution": mark("Resolution target"),
    "vendor": mark("Vendor's answer"),
    "look-again": mark("Look again"),
}
STATUSES = {"open": mark("open"), "resolved": mark("resolved"), "closed": mark("closed")}


class Kin(NamedTuple):
    """The cases that one names, as they stand, and where each is found."""

    cases: Mapping[CaseNumber, Case] = {}
    link: Callable[[Case], str] | None = None


class Pen:
    """Words, people and times in one language and zone; `rich` for blocks, otherwise for plain `text`.

    `private` where one person reads it, whose zone it is: then what is the same time for them is not said twice.
    """

    def __init__(self, language: Language, zone: str, *, rich: bool, private: bool = False) -> None:
        self.language: Language = language
        self.zone = zone
        self.rich = rich
        self.private = private
        self.reply: Callable[[Timestamp], str] | None = None
        """The address of a reply in the case's thread, where it is known and can be opened."""
        self.kin: Kin | None = None
        """The cases that this one names, where they were looked up."""
        self.texts: Texts = texts(language)
        self.say = self.texts.say
        self.count = self.texts.count

    def when(self, at: datetime) -> str:
        """The instant: in the reader's own zone for the eye, in words with the zone to be read aloud."""
        return times.token(at, self.zone, self.language) if self.rich else self.spoken(at)

    def spoken(self, at: datetime, zone: str | None = None) -> str:
        return times.in_words(at, zone or self.zone, self.language)

    def when_there(self, at: datetime, there: str) -> str:
        """The instant for the reader, and in the customer's own words where those are not the same already."""
        spoken = self.spoken(at, there)
        if spoken == self.spoken(at) and (self.private or not self.rich):
            return self.when(at)
        return self.say("{at} (customer: {there})", at=self.when(at), there=spoken)

    def lasting(self, length: timedelta) -> str:
        return times.lasting(length, self.language)

    def until(self, due: datetime, now: datetime) -> str:
        """How long is left, or how long it is over."""
        if now > due and now - due >= timedelta(minutes=1):
            return self.say("{length} over", length=self.lasting(now - due))
        if now >= due:
            return self.say("due now")
        return self.say("{length} left", length=times.left(due - now, self.language))

    def bold(self, text: str) -> str:
        return f"*{text}*" if self.rich else text

    def severity(self, case: Case) -> str:
        return self.say("Severity {severity}", severity=case.severity)

    def clock(self, name: ClockName) -> str:
        return self.say(CLOCKS[name])

    def state(self, area: Area) -> str:
        return self.say(STATES[area.state])

    def verdict(self, verdict: Verdict) -> str:
        return self.say(STATES[verdict])

    def way(self, how: How) -> str:
        return self.say(WAYS[how])

    def area(self, area: Area, limit: int = 100) -> str:
        return parts.typed(area.name(self.language), limit)

    def area_named(self, case: Case, key: str) -> str:
        """The area's name by its key, or the key where the case has no such area any more."""
        found = next((area for area in case.areas if area.key == key), None)
        return self.area(found) if found else parts.typed(key, 100)

    def owner(self, owner: UserId | None) -> str:
        return parts.person(owner) if owner else self.say("nobody")


def pens(language: Language, zone: str, *, private: bool = False) -> tuple[Pen, Pen]:
    """The pen for blocks and the pen for `text`."""
    return Pen(language, zone, rich=True, private=private), Pen(language, zone, rich=False, private=private)
