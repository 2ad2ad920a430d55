"""Instead: where a notice goes whose place can't be reached: the next of its person, the thread, channel and admin.

A rung whose direct messages never left has told nobody, so the next ear hears it at once: the backups for the owner,
the channel for the backups, the admin where the channel is closed too.
"""

from bot.domain.case import Case
from bot.domain.ladder import backups
from bot.domain.messages import NEWS, Notice, Place, ReminderCame
from bot.domain.values import UserId

_MOVED = "/instead:"


def instead_of(
    case: Case, notice: Notice, admin: UserId | None = None, *, thread_only: bool = False
) -> tuple[Notice, ...]:
    """What to say instead, after the case has been told which place is lost; nothing where somebody heard it already,
    or where nobody is left. With `thread_only` the channel may take what its thread does not."""
    if thread_only:
        return (_moved(notice, "channel"),)
    others = _past_a_person(case, notice) if notice.place == "person" else _past_the_channel(case, notice)
    if others or others is None:
        return others or ()
    if admin is None or notice.urgency == NEWS or admin == notice.to or f"{_MOVED}admin" in notice.key:
        return ()
    return (_to_person(case, notice, admin, "admin"),)


def _past_a_person(case: Case, notice: Notice) -> tuple[Notice, ...] | None:
    """None where somebody of the same rung was reached."""
    fact = notice.fact
    if _MOVED in notice.key or case.lost(None) is not None:
        return ()
    if isinstance(fact, ReminderCame) and fact.rung == "due":
        # The thread names the owner at this moment already.
        behind = [person for person in backups(case) if case.lost(person) is None]
        people = tuple(_to_person(case, notice, person, "person") for person in behind)
        return people or (_moved(notice, "broadcast", case),)
    if isinstance(fact, ReminderCame) and fact.rung == "backup":
        heard = any(case.lost(person) is None for person in fact.to)
        return None if heard else (_moved(notice, "broadcast", case),)
    return (_moved(notice, "thread", case),)


def _past_the_channel(case: Case, notice: Notice) -> tuple[Notice, ...] | None:
    """None where those it names have it as a direct message already."""
    fact = notice.fact
    if _MOVED in notice.key and notice.place != "channel":
        return ()
    if isinstance(fact, ReminderCame) and notice.place == "thread" and fact.to:
        return None if any(case.lost(person) is None for person in fact.to) else ()
    owner = (case.owner,) if case.owner else ()
    team = (*backups(case), *case.people) if notice.place == "broadcast" or isinstance(fact, ReminderCame) else ()
    people = [person for person in dict.fromkeys(team or owner) if case.lost(person) is None]
    return tuple(_to_person(case, notice, person, "person") for person in people)


def _to_person(case: Case, notice: Notice, person: UserId, role: str) -> Notice:
    moved = _moved(notice, "person", case)
    fact = moved.fact
    if isinstance(fact, ReminderCame):
        rung = fact.rung if person == case.owner else "backup"
        fact = fact.model_copy(update={"to": (person,), "rung": rung})
    return moved.model_copy(update={"key": f"{_stem(notice)}{_MOVED}{role}:{person}", "to": person, "fact": fact})


def _moved(notice: Notice, place: Place, case: Case | None = None) -> Notice:
    """Once in that place, however many people it was meant for."""
    fact = notice.fact
    if isinstance(fact, ReminderCame) and case is not None:
        lost = tuple(person for person in (*(fact.unheard or ()), *fact.to) if case.lost(person) is not None)
        fact = fact.model_copy(update={"unheard": tuple(dict.fromkeys(lost))})
    key = f"{_stem(notice)}{_MOVED}{place}"
    return notice.model_copy(update={"key": key, "place": place, "to": None, "fact": fact})


def _stem(notice: Notice) -> str:
    """What it is about, without where it was to be said."""
    return notice.key.partition(_MOVED)[0] if _MOVED in notice.key else notice.key.rpartition("/")[0]
