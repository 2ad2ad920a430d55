"""Ladder: who is told at a checkpoint, who is told next when nobody acts, and whether a reminder is still true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.duration import write_duration
from bot.domain.messages import Fact, ReachCheckpoints, ReminderCame, Rung, Stamp
from bot.domain.sla import Checkpoint, checkpoints, clocks
from bot.domain.values import UserId

if TYPE_CHECKING:
    from bot.domain.case import Case

_SAME_EARS: dict[Rung, str] = {
    "before": "owner",
    "due": "owner",
    "owner": "owner",
    "backup": "backup",
    "holders": "backup",
    "lead": "lead",
    "channel": "channel",
    "again": "channel",
}


def reach(case: Case, stamp: Stamp) -> tuple[Fact, ...]:
    """The reminders of every checkpoint that has come, one for each clock and each pair of ears.

    After a long silence (the bot was down) the last of several says what the earlier ones would have said.
    """
    come = [_without_ears(case, point) for point in checkpoints(case) if point.at <= stamp.at]
    spoken: dict[tuple[str, str], list[Checkpoint]] = {}
    for point in come:
        spoken.setdefault((point.clock.key, _SAME_EARS[point.rung]), []).append(point)
    return tuple(_reminder(case, points, stamp) for points in spoken.values())


def on_duty(case: Case, command: ReachCheckpoints) -> Case:
    """The case as the ladder sees it now: with the backups and leads of the roster, where it names any."""
    said = {"backup": command.backup, "leads": command.leads}
    named = {role: people for role, people in said.items() if people is not None}
    return case.model_copy(update=named) if named else case


def _without_ears(case: Case, point: Checkpoint) -> Checkpoint:
    """With nobody to hear a rung, the channel hears it at once instead of in some minutes; and once."""
    if point.rung not in ("owner", "backup", "holders", "lead") or _ears(case, point.rung):
        return point
    own = [
        f"{point.clock.key}/channel after {write_duration(s.after)}" for s in case.terms.ladder if s.tell == "channel"
    ]
    if any(key not in case.fired for key in own):
        return point.model_copy(update={"rung": "channel"})
    return point


def _reminder(case: Case, points: list[Checkpoint], stamp: Stamp) -> ReminderCame:
    last = points[-1]
    earlier = tuple(point.key for point in points[:-1])
    planned = [point for point in checkpoints(case) if point.clock == last.clock]
    if any(point.key == last.key and point.rung != last.rung for point in planned):
        # Told early for want of a backup: the channel's own next moment on this clock has been said with it.
        own = [point.key for point in planned if point.rung == last.rung and point.key not in earlier]
        earlier = (*earlier, *own[:1])
    return ReminderCame(
        **stamp.fields,
        checkpoint=last.key,
        clock=last.clock.name,
        rung=last.rung,
        planned=last.at,
        due=last.clock.due,
        to=_ears(case, last.rung),
        told=case.told,
        instead_of=earlier,
        by_change=last.clock.by_change,
        quiet=not _ears(case, last.rung) and last.rung not in ("due", "channel", "again"),
    )


def _ears(case: Case, rung: Rung) -> tuple[UserId, ...]:
    match rung:
        case "before" | "due" | "owner":
            return (case.owner,) if case.owner else ()
        case "backup":
            return backups(case)
        case "holders":
            return tuple(person for person in backups(case) if person not in case.backup)
        case "lead":
            return tuple(person for person in case.leads if person != case.owner)
        case _:
            return ()


def backups(case: Case) -> tuple[UserId, ...]:
    """Who stands behind the owner: the named backup, and those who are still looking at an area.

    Whoever has cleared an area has done their part and may sleep.
    """
    holders = [area.holder for area in case.areas if area.holder and area.verdict != "cleared"]
    return tuple(dict.fromkeys(person for person in (*case.backup, *holders) if person != case.owner))


def still_true(case: Case, reminder: ReminderCame) -> bool:
    """Whether a reminder may still be said: its clock runs, unmoved, on a case that is open."""
    return any(
        clock.name == reminder.clock and clock.due == reminder.due and reminder.checkpoint.startswith(f"{clock.key}/")
        for clock in clocks(case)
    )
