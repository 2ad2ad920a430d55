"""Policy: what a contract asks of us, per severity, and the terms that a case keeps from it.

A case copies its `Terms` when it opens, so that a changed configuration never moves a running promise.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_serializer, model_validator

from bot.domain.duration import Duration, read_duration, write_duration
from bot.domain.values import Severity, Value


class When(Value):
    """A moment on a clock: a share of it, so long before its end, at its end, or so long after."""

    kind: Literal["percent", "before", "due", "after"]
    percent: int = 0
    offset: Duration = timedelta(0)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return given if isinstance(given, dict) else _read_when(str(given))

    @model_validator(mode="after")
    def _can_be_read_back(self) -> Self:
        _read_when(str(self))
        return self

    @model_serializer
    def _write(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.kind == "percent":
            return f"{self.percent}%"
        return "due" if self.kind == "due" else f"{write_duration(self.offset)} {self.kind}"

    def moment(self, start: datetime, due: datetime) -> datetime:
        """The instant this falls on, for a clock that runs from `start` to `due`."""
        match self.kind:
            case "percent":
                return start + (due - start) * self.percent / 100
            case "before":
                return due - self.offset
            case "after":
                return due + self.offset
            case _:
                return due


def _read_when(text: str) -> dict[str, Any]:
    words = text.strip().lower().removeprefix("at ").split()
    if words == ["due"]:
        return {"kind": "due"}
    if len(words) == 1 and words[0].endswith("%") and words[0][:-1].isdecimal() and 0 < int(words[0][:-1]) < 100:
        return {"kind": "percent", "percent": int(words[0][:-1])}
    if len(words) == 2 and words[1] in ("before", "after"):
        return {"kind": words[1], "offset": read_duration(words[0])}
    raise ValueError(f'expected a checkpoint such as "50%", "10m before", "due" or "5m after", not {text!r}')


class Step(Value):
    """One rung of the ladder: so long after a clock ran out unanswered, tell these."""

    after: Duration
    tell: Literal["backup", "channel"]


class Terms(Value):
    """What one case is held to: durations, checkpoints and ladder. Elapsed times, counted round the clock."""

    policy: str
    version: str
    severity: Severity
    first_response: Duration | None = None
    next_contact: Duration | None = None
    """The longest time between two contacts unless a longer one is agreed with a reason."""
    next_contact_required: bool = True
    first_response_checkpoints: tuple[When, ...] = ()
    next_contact_checkpoints: tuple[When, ...] = ()
    ladder: tuple[Step, ...] = ()
    repeat: Duration | None = None
    """After the last step of the ladder, say it again this often until somebody acts."""
    hold: Duration = timedelta(minutes=15)
    """How long an acknowledgement keeps the ladder quiet."""


class SeverityTerms(Value):
    """One severity of a policy as the configuration file writes it."""

    first_response: Duration | None = None
    next_contact: Duration | None = None
    next_contact_required: bool = True
    first_response_checkpoints: tuple[When, ...] = (When(kind="due"),)
    next_contact_checkpoints: tuple[When, ...] = (When(kind="due"),)
    ladder: tuple[Step, ...] = ()
    repeat: Duration | None = None
    hold: Duration = timedelta(minutes=15)

    @model_validator(mode="after")
    def _promises_can_be_kept(self) -> Self:
        if self.next_contact_required and self.next_contact is None:
            raise ValueError('next_contact_required needs next_contact, for example next_contact = "1h"')
        if self.next_contact_required and self.first_response is None:
            raise ValueError('next_contact_required needs first_response, for example first_response = "15m"')
        afters = [step.after for step in self.ladder]
        if afters != sorted(afters):
            raise ValueError("the ladder climbs: each step needs a later `after` than the one before")
        if self.repeat is not None and (not self.ladder or self.ladder[-1].tell != "channel"):
            raise ValueError('repeat calls the channel again: the ladder has to end with tell = "channel"')
        for name in ("first_response_checkpoints", "next_contact_checkpoints", "ladder"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"{name} says the same twice")
        return self


class Policy(Value):
    """The terms per severity under one name."""

    version: str = "1"
    source: str = ""
    A: SeverityTerms | None = None
    B: SeverityTerms | None = None
    C: SeverityTerms | None = None
    name: str = Field(default="")

    def terms(self, severity: Severity) -> Terms | None:
        """The terms a case of this severity opens under, or None where the policy has none for it."""
        wanted: SeverityTerms | None = getattr(self, severity)
        if wanted is None:
            return None
        return Terms(policy=self.name, version=self.version, severity=severity, **dict(wanted))
