"""The small words everything is made of: identifiers and the frozen base of every value."""

from datetime import UTC, datetime
from typing import Annotated, Literal, NewType

from pydantic import AfterValidator, BaseModel, ConfigDict

UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
TeamId = NewType("TeamId", str)
Timestamp = NewType("Timestamp", str)
"""A message's name at Slack inside its channel, such as `1732300000.000100`."""
CaseNumber = NewType("CaseNumber", int)
AreaKey = NewType("AreaKey", str)
DeliveryId = NewType("DeliveryId", str)
"""Names one inbound act, so that the same act arriving twice has the effect of one."""

Severity = Literal["A", "B", "C"]
Language = Literal["ja", "en"]


def _aware_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_aware_utc)]
"""An aware moment, always kept in UTC; local times exist in calendars and in wording only."""


class Value(BaseModel):
    """A frozen value: equal by content, refused when a field is unknown."""

    # An error that is logged names the field and the rule, and never what somebody typed into it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def name_of(number: int) -> str:
    """The case's name as people say it: `SEV-42`."""
    return f"SEV-{number}"
