"""Replies: what a person gets back for an act: words for them alone, a modal, or nothing because the card shows it."""

from dataclasses import dataclass
from typing import Any

from bot.domain.values import CaseNumber, ChannelId, Timestamp, UserId, Value
from handlers.slack.payloads import Where
from handlers.views.parts import Message


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to open."""

    view: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to say: what happened is on the card."""


Reply = Message | Modal | Silence


class Meta(Value):
    """What a modal remembers of where it was opened. Signed on its way (seal.py), and still without authority: whether
    the person may do it on this case is judged when it is sent off."""

    case: CaseNumber | None = None
    area: str = ""
    task: int | None = None
    channel: ChannelId | None = None
    thread: Timestamp | None = None
    source: Timestamp | None = None
    author: UserId | None = None
    check: int = 0
    """The risky step that it is about, and in which edition; 0 for none."""
    edition: int = 0
    response_url: str = ""
    run: int = 0
    """The run of the case that a form is about."""

    def write(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def of(cls, where: Where, case: CaseNumber | None = None, *, area: str = "") -> "Meta":
        return cls(case=case, area=area, channel=where.channel, thread=where.thread, response_url=where.response_url)

    def answered_at(self, where: Where) -> Where:
        """Where to answer the person who sent the modal off."""
        return where.model_copy(
            update={
                "channel": self.channel,
                "thread": self.thread,
                "response_url": self.response_url,
                "told": True,
            }
        )
