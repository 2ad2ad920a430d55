"""Published: what a policy remembers of the plan it was made of, so that no figure stands there without its source."""

from pydantic import field_validator

from bot.domain.duration import Span
from bot.domain.plan import Level, Status
from bot.domain.values import Value


class PublishedPolicy(Value):
    """What a policy says of itself beside its terms."""

    like: tuple[str, ...] = ()
    """The policy, or several, that this one begins from: the later over the earlier, what stands here over all."""
    label: str = ""
    """What people call it; a post that names it as its plan can mean this policy."""
    aliases: tuple[str, ...] = ()
    """Further names that posts may use for it."""
    vendor: str = ""
    """Whose plan it is."""
    plan: str = ""
    """The plan's own name at the vendor's."""
    status: Status | None = None
    """Whether the plan is sold today (`current`), only still held (`legacy`), or an `example`."""
    as_of: str = ""
    """The month in which the figures were last looked at."""
    note: str = ""
    """What else is to know of the plan."""
    scope: tuple[str, ...] = ()
    """What is covered and what is not, a line each: "the database is best effort", "the router is the carrier's"."""

    @field_validator("like", mode="before")
    @classmethod
    def _one_or_more(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given


class PublishedTerms(Value):
    """What the terms of one severity say of where they come from."""

    level: str = ""
    """The vendor's own name of the level that these figures are of."""
    definition: str = ""
    """When that level applies, in few words."""
    update_every: Span | None = None
    """The time between two updates that the vendor publishes, as it says it; what is held to is `next_contact`."""
    next_contact_source: str = ""
    """Where `next_contact` comes from, or `ours`."""
    next_reply_source: str = ""
    """Where `next_reply` comes from, or `ours`."""
    also: tuple[Level, ...] = ()
    """The vendor's less severe levels that are this severity, too; the stricter figures above hold for them."""
