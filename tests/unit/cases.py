"""Cases: a case, and the case after an act, made by the rules themselves and by nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.domain.case import TIME, Case, replay
from bot.domain.messages import (
    AreaOffered,
    CaseCommand,
    Fact,
    Footing,
    How,
    NextStep,
    OpenCase,
    ReachCheckpoints,
    RecordContact,
    SetNextContact,
)
from bot.domain.policy import Policy, Terms
from bot.domain.rules import decide, open_case
from bot.domain.values import AreaKey, CaseNumber, ChannelId, DeliveryId, Severity, TeamId, Timestamp, UserId

NUMBER = CaseNumber(42)
ANN, BEN, CHO, DAN = UserId("U_ANN"), UserId("U_BEN"), UserId("U_CHO"), UserId("U_DAN")
"""Ann owns the case, Ben is the channel's backup, Cho and Dan are members."""
THREAD = Timestamp("1783328400.000100")
POLICY = Policy.model_validate(
    {
        "name": "gold",
        "A": {
            "first_response": "15m",
            "next_contact": "1h",
            "first_response_checkpoints": ["50%", "5m before", "due"],
            "next_contact_checkpoints": ["10m before", "due"],
            "ladder": [{"after": "5m", "tell": "backup"}, {"after": "10m", "tell": "channel"}],
            "repeat": "30m",
            "hold": "10m",
        },
        "C": {"first_response": "8h", "next_contact": "2d", "next_contact_required": False},
    }
)
AREAS = tuple(
    AreaOffered(key=AreaKey(key), name_en=en, name_ja=ja)
    for key, en, ja in (
        ("network", "Network path", "ネットワーク経路"),
        ("storage", "Storage", "ストレージ"),
        ("guest-os", "Guest OS", "ゲスト OS"),
    )
)


def at(clock: str) -> datetime:
    """This time of the day on which every story happens: `9:15`, `9:15:30`, or `33:00` for 9:00 the day after."""
    hours, minutes, seconds = (*map(int, clock.split(":")), 0)[:3]
    return datetime(2026, 7, 6, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


NINE = at("9:00")


def terms(severity: Severity = "A", **changed: Any) -> Terms:
    """The terms of the stories, some of them changed, as a configuration file would write them."""
    usual = POLICY.terms(severity)
    assert usual is not None
    return Terms.model_validate({**usual.model_dump(), **changed})


def opening(severity: Severity = "A", **known: Any) -> OpenCase:
    """Ann opens a case under her own post in the team channel."""
    known = {"title": "Stores can't reach the POS server", "source": THREAD, **known}
    return OpenCase(
        delivery=DeliveryId("opening"),
        by=ANN,
        team=TeamId("T_TEAM"),
        channel=ChannelId("C_TEAM"),
        language="en",
        severity=severity,
        **known,
    )


def footing(agreed: Terms | None = None, backup: tuple[UserId, ...] = (BEN,)) -> Footing:
    """What the configuration of the stories adds to an opening."""
    return Footing(terms=agreed or terms(), family="vm-compute", areas=AREAS, backup=backup, customer_zone="Asia/Tokyo")


def a_case(
    severity: Severity = "A",
    opened: datetime = NINE,
    agreed: Terms | None = None,
    backup: tuple[UserId, ...] = (BEN,),
    **known: Any,
) -> Case:
    """A case that Ann has just opened."""
    ground = footing(agreed or terms(severity), backup)
    return replay(open_case(NUMBER, opening(severity, **known), ground, opened))


C = TypeVar("C", bound=CaseCommand)


def ask(kind: type[C], by: UserId = ANN, **about: Any) -> C:
    """One person asks for one thing."""
    return kind(delivery=DeliveryId("delivery"), by=by, case=NUMBER, **about)


def contact(next_at: str | None = None, *, by: UserId = ANN, how: How = "phone", reason: str = "") -> RecordContact:
    """Somebody rang the customer, and promised to speak to them again."""
    step = NextStep(due=at(next_at), action="send the trace") if next_at else None
    return ask(RecordContact, by, how=how, said="we check the firewall", next=step, reason=reason)


def promise(next_at: str, *, by: UserId = ANN, action: str = "send the trace", reason: str = "") -> SetNextContact:
    """Somebody sets or moves the next contact."""
    return ask(SetNextContact, by, next=NextStep(due=at(next_at), action=action), reason=reason)


TIME_PASSES = ask(ReachCheckpoints, TIME)


def facts_of(case: Case, command: CaseCommand, clock: str) -> tuple[Fact, ...]:
    """What happens when this is asked at this time."""
    return decide(case, command, at(clock))


def after(case: Case, command: CaseCommand, clock: str) -> Case:
    """The case after this was asked at this time."""
    return replay(facts_of(case, command, clock), case)


def told(case: Case, *clocks: str) -> Case:
    """The case after time passed to each of these moments."""
    for clock in clocks:
        case = after(case, TIME_PASSES, clock)
    return case
