"""Every view of a case at a moment, so that each test looks at all of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import yaml
from stories import BEN, HANA, KEN, MIO, TOKYO, Story

from bot.domain.access import VERBS
from bot.domain.audit import Miss
from bot.domain.case import TIME, Unreached, replay
from bot.domain.check import Check
from bot.domain.errors import (
    AreaTaken,
    AreaUnknown,
    AskOrTakeOver,
    LooseEnds,
    NotAllowed,
    PromiseTooFar,
    Refusal,
    SharedChannel,
    TimeUnreadable,
    VerbUnknown,
)
from bot.domain.family import families_from
from bot.domain.kin import Child, Parent, Suspicion
from bot.domain.kin_messages import IncidentGrew, IncidentSuspected, Sign
from bot.domain.messages import (
    CheckApproved,
    CheckAsked,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
    FactBase,
    NudgeCame,
    NudgeKind,
    ReminderCame,
)
from bot.domain.net import Net
from bot.domain.outward import Inside
from bot.domain.rules import decide, loose_ends
from bot.domain.runbook import Runbook, Step
from bot.domain.runbook_messages import ConfirmStep, DoStep, SkipStep, StartRunbook, StopRunbook
from bot.domain.update import update
from bot.domain.values import CaseNumber, Language
from bot.ports import Parked, Told
from bot.shipped import shipped
from bot.watch import Counts, Figures, Said
from handlers.views import (
    answers,
    card,
    check_modals,
    draft,
    help,
    home,
    kin_modals,
    lists,
    menus,
    modals,
    news,
    nudge,
    refusal,
    reminder,
    runs,
    task_modals,
    watch,
    windows,
)
from handlers.views.kin import incident
from handlers.views.parts import Message
from handlers.views.pen import Kin

Shown = Message | dict[str, Any]
BOT = "U0BOT"
PEOPLE = (HANA, KEN, MIO, BEN, BOT)
LINK = "https://example.slack.com/archives/C1/p1795446000000100"
LINKS = (f"<{LINK}|スレッドを開く>", f"<{LINK}|Open the thread>", *(f"<{LINK}|SEV-{n}>" for n in range(1, 50)))
"""Every link of our own that a view may hold."""
FAMILIES = families_from(yaml.safe_load(shipped("isolation-areas.yaml")))


def every_view(story: Story, language: Language, now: datetime, typed: str = "x") -> Iterator[tuple[str, Shown]]:
    """Name and view, for one reader's language."""
    case, told = story.case, story.told
    many = [case.model_copy(update={"number": number}) for number in range(1, 25)]
    yield "card", card.card(case, now)
    for index, fact in enumerate(story.facts):
        yield from _of_fact(f"{index}/{fact.kind}", story, fact, language, now)
    yield "answers/existing", answers.answer(case, (), language, TOKYO, now, existing=True, link=LINK)
    yield "answers/nothing", answers.answer(case, (), language, TOKYO, now)
    yield "home", home.home(KEN, many, language, TOKYO, now)
    yield "home/empty", home.home(KEN, [], language, TOKYO, now)
    lost = [
        Parked(id=f"{n:032x}", case=case.number, what="card/42", reason=typed or "is_archived", at=now)
        for n in range(12)
    ]
    yield "home/parked", home.home(KEN, many, language, TOKYO, now, lost)
    unreached = tuple(Unreached(to=to, since=now, reason=typed) for to in (None, case.owner, BEN))
    yield "card/unreached", card.card(case.model_copy(update={"unreached": unreached}), now)
    yield "list", lists.case_list(many, language, now, typed, zone="UTC")
    yield "list/empty", lists.case_list([], language, now)
    yield "mine", lists.mine([case], HANA, language, now)
    yield "mine/empty", lists.mine([], HANA, language, now)
    yield "show", lists.show(case, language, now, link=LINK)
    yield "timeline", lists.timeline(case, told * 3, language, TOKYO, limit=500)
    yield from _watch(story, language, now, typed)
    yield "help", help.help_message(language, bot=BOT, case=case)
    yield "help/nothing", help.help_message(language)
    yield from _nudges(story, language, now)
    yield from _checks(story, language, now, typed)
    yield from _runs(story, language, now, typed)
    yield from _of_kin(story, language, now, typed)
    yield from _refusals(language, typed)
    yield from _modals(story, language, now, typed)


def _watch(story: Story, language: Language, now: datetime, typed: str) -> Iterator[tuple[str, Shown]]:
    case = story.case
    for clock in ("first-response", "next-contact"):
        for to in (HANA, None):
            net = Net(key="k", case=case.number, clock=clock, due=now, to=to, post_at=now)  # type: ignore[arg-type]
            for thread in (True, False):
                shown = watch.net_message(case, net, zone=TOKYO, language=language, in_thread=thread)
                yield f"net/{clock}/{to}/{thread}", shown
    kinds = ("unreached", "unplanned", "unwritten", "unsaid")
    misses = [Miss(key=str(n), case=CaseNumber(n), kind=kinds[n % 4], what=typed or "-", planned=now, found_at=now,
                   repaired_at=now if n % 3 else None) for n in range(1, 25)]  # fmt: skip
    yield "findings", watch.findings(misses, language=language, zone=TOKYO)
    yield "findings/one", watch.findings(misses[:1], language=language, zone=TOKYO)
    for count in (0, 1, 12):
        said = Said(count=count, worst=timedelta(seconds=count * 30), rung="due", case=CaseNumber(42))
        counts = Counts(nets=count, spoke=count, misses=count, unrepaired=count)
        figures = Figures(open=count, said=said, parked=count, watch=counts)
        yield f"daily/{count}", watch.daily_line(figures, language=language)


def _of_fact(name: str, story: Story, fact: Any, language: Language, now: datetime) -> Iterator[tuple[str, Shown]]:
    assert isinstance(fact, FactBase)
    case = story.case
    yield f"news/{name}", news.news(case, fact, language, "Europe/Dublin", now)  # type: ignore[arg-type]
    yield f"answer/{name}", answers.answer(case, (fact,), language, TOKYO, now, link=LINK, families=FAMILIES)  # type: ignore[arg-type]
    if isinstance(fact, ReminderCame):
        for place in ("person", "thread", "broadcast"):
            to = BEN if place == "person" else None
            yield f"reminder/{name}/{place}", reminder.reminder(case, fact, place, to, TOKYO, language, now)  # type: ignore[arg-type]
            for unheard in ((), (HANA,)):
                moved = fact.model_copy(update={"unheard": unheard})
                said = reminder.reminder(case, moved, place, to, TOKYO, language, now)  # type: ignore[arg-type]
                yield f"reminder/{name}/{place}/instead/{len(unheard)}", reminder.repeated(said, language)


def _nudges(story: Story, language: Language, now: datetime) -> Iterator[tuple[str, Shown]]:
    """Every kind and step, about every area at once."""
    case = story.case
    keys = tuple(area.key for area in case.areas)
    for kind in get_args(NudgeKind):
        for step in (1, 2):
            case = case.model_copy(update={"checks": (_check(now, "x"),)})
            about_tasks = kind in ("untaken", "overdue")
            to = HANA if kind == "stuck" or about_tasks or (kind == "quiet" and step == 1) else None
            came = NudgeCame(by=TIME, at=now, nudge=kind, key="k", step=step, planned=now, to=to,
                             area=keys[0] if keys and kind == "quiet" else None, areas=keys,
                             check=1 if kind in ("unchecked", "expired") else None)  # fmt: skip
            yield f"nudge/{kind}/{step}", nudge.nudge(case, came, TOKYO, language, now, FAMILIES)
            for most in (1, 20) if about_tasks else ():
                some = came.model_copy(update={"tasks": tuple(task.serial for task in case.tasks[:most])})
                yield f"nudge/{kind}/{step}/{most}", nudge.nudge(case, some, TOKYO, language, now, FAMILIES)


def _check(now: datetime, typed: str) -> Check:
    return Check(serial=1, edition=2, risk="restore", what=typed or "x", target=typed or "x", rollback=typed or "x",
                 by=HANA, at=now, to=(KEN, MIO))  # fmt: skip


def _checks(story: Story, language: Language, now: datetime, typed: str) -> Iterator[tuple[str, Shown]]:
    """A step at every place where it is seen, and everything that can be said of it."""
    check = _check(now, typed)
    gone = check.model_copy(update={"serial": 2, "state": "overridden", "answered_by": KEN, "answered_at": now,
                                    "reason": typed})  # fmt: skip
    case = story.case.model_copy(update={"checks": (check, gone)})
    for form in (check_modals.check_modal, check_modals.approve_modal, check_modals.reject_modal,
                 check_modals.override_modal):  # fmt: skip
        yield f"modal/{form.__name__}", form(case, check, language, '{"case":42}')
    yield "modal/check/empty", check_modals.check_modal(case, None, language, '{"case":42}')
    for viewer in (HANA, KEN):
        yield f"modal/more/check/{viewer}", menus.more_modal(case, viewer, language, "", FAMILIES, now, zone=TOKYO)
    yield "card/check", card.card(case, now)
    yield "mine/check", lists.mine([case], KEN, language, now)
    about = {"by": HANA, "at": now, "check": 1, "edition": 1, "risk": "restore", "target": typed or "x"}
    for fact in (
        CheckAsked(**about, what=typed, rollback=typed, to=(KEN,)),
        CheckAsked(**(about | {"edition": 2}), what=typed, rollback=typed),
        CheckApproved(**about, asker=KEN, typed=typed),
        CheckRejected(**about, asker=KEN, reason=typed),
        CheckWithdrawn(**about),
        CheckOverridden(**about, asker=KEN, reason=typed, to=(MIO,)),
        CheckUsed(**about, unchecked=True),
    ):
        shown = Story(language)
        shown.case = case
        yield from _of_fact(f"check/{fact.kind}/{fact.edition}", shown, fact, language, now)


def _of_kin(story: Story, language: Language, now: datetime, typed: str) -> Iterator[tuple[str, Shown]]:
    """A parent of many, a child, and a case that could be one incident with others; known, and not looked up."""
    case, meta = story.case, '{"case":42}'
    numbers = tuple(CaseNumber(number) for number in range(1, 31))
    known = {n: case.model_copy(update={"number": n, "title": typed or "x"}) for n in numbers}
    children = tuple(Child(number=n, state="open" if n % 3 else "resolved", carried=bool(n % 2)) for n in numbers)
    above, alike = Parent(number=CaseNumber(7), carried=True), Suspicion(head=CaseNumber(7), cases=numbers)
    for name, told in (
        ("children", {"children": children}),
        ("parent", {"parent": above}),
        ("alike", {"incident": alike}),
    ):
        kin = case.model_copy(update=told)
        yield f"card/{name}", card.card(kin, now)
        yield f"card/{name}/known", card.card(kin, now, None, Kin(known, lambda one: LINK))
        yield f"show/{name}", lists.show(kin, language, now)
        yield f"modal/contacted/{name}", modals.contacted_modal(kin, language, TOKYO, meta, now)
        yield f"modal/parent/{name}", kin_modals.parent_modal(kin, list(known.values()), language, meta)
    signs = get_args(Sign)
    suspected = IncidentSuspected(by=TIME, at=now, head=numbers[0], others=numbers, signs=signs, aloud=True)
    for fact in (suspected, IncidentGrew(by=TIME, at=now, joined=numbers[3], aloud=True)):
        yield (
            f"incident/{fact.kind}",
            incident(case, fact, Kin(known, lambda one: LINK), language=language, zone=TOKYO, now=now),
        )
        yield f"incident/{fact.kind}/unknown", incident(case, fact, Kin(), language=language, zone=TOKYO, now=now)
    yield "modal/parent/nobody", kin_modals.parent_modal(case, [], language, meta)


def refused(typed: str) -> tuple[Refusal, ...]:
    """One refusal of every kind of field."""
    return (
        AreaTaken(number=42, holder=KEN, area=typed, key="firewall"),
        AreaUnknown(number=42, word=typed, near="firewall, guest-os"),
        LooseEnds(
            number=42, ends=("unresolved", "area:firewall", "promise", "untold", "offer", "task:1", f"area:{typed}")
        ),
        PromiseTooFar(number=42, due=datetime.fromisoformat("2026-11-24T09:00:00+00:00"), limit="1h"),
        TimeUnreadable(number=42, word=typed),
        VerbUnknown(word=typed, near=typed),
        Refusal(),
    )


def _runs(story: Story, language: Language, now: datetime, typed: str) -> Iterator[tuple[str, Shown]]:
    """The fullest run that there may be, one that is over, and what is offered."""
    text = f"x{typed}"
    steps = tuple(Step(ja=text[:300], en=text[:300], two_people=n % 2 == 0) for n in range(25))
    book = Runbook(key="one", name_ja=text[:75], name_en=text[:75], keywords=(), steps=steps,
                   notes_ja=text[:1500], notes_en=text[:1500], family=story.case.family)  # fmt: skip
    case = story.case
    if case.status == "closed":
        return
    who = {"delivery": "d", "case": case.number}
    for command in (
        StartRunbook(**who, by=HANA, runbook="one", sheet=book),
        *(DoStep(**who, by=KEN, step=step) for step in (1, 2, 3)),
        ConfirmStep(**who, by=BEN, step=1),
        SkipStep(**who, by=MIO, step=4, reason=text),
    ):
        facts = decide(case, command, now)
        case = replay(facts, case)
        for fact in facts:
            yield f"answer/{fact.kind}/run", answers.answer(case, (fact,), language, TOKYO, now)
            yield f"timeline/{fact.kind}/run", lists.timeline(case, [Told(seq=1, fact=fact)], language, TOKYO)
    run, meta = case.runs[0], '{"case":42,"run":1}'
    yield "run", runs.part_of(case, run.part)
    yield "run/card", card.card(case, now)
    yield "run/show", lists.show(case, language, now)
    books = [book.model_copy(update={"key": f"book-{n}"}) for n in range(120)]
    yield "runbooks", runs.offers(case, books, language, TOKYO)
    yield "runbooks/none", runs.offers(case, (), language, TOKYO)
    yield "modal/runbooks", runs.offers_modal(case, books, language, TOKYO, meta)
    yield "modal/step-skip", runs.skip_modal(case, run, language, meta)
    yield "modal/run-stop", runs.stop_modal(case, run, language, meta)
    over = replay(decide(case, StopRunbook(**who, by=KEN, reason=text), now), case)
    yield "run/over", runs.part_of(over, run.part)


def _refusals(language: Language, typed: str) -> Iterator[tuple[str, Shown]]:
    for error in refused(typed):
        yield f"refusal/{type(error).__name__}", refusal.refusal(error, language, TOKYO)
    yield "refusal/mention", refusal.refusal(refused(typed)[0], language, TOKYO, said_with=f"<@{BOT}> ")
    for verb in VERBS:
        told = AskOrTakeOver(deed=verb, number=42, roles=("owner", "shift_lead", "admin"), ask=(HANA, KEN))
        yield f"refusal/{verb}", refusal.refusal(told, language, TOKYO)
        yield (
            f"refusal/{verb}/nobody",
            refusal.refusal(NotAllowed(deed=verb, number=None, roles=("admin",)), language, TOKYO),
        )
    yield "refusal/shared", refusal.refusal(SharedChannel(channel=typed), language, TOKYO)
    yield "apology", refusal.apology(language)
    yield "nothing-saved", refusal.nothing_saved(language)


def _modals(story: Story, language: Language, now: datetime, typed: str) -> Iterator[tuple[str, Shown]]:
    case, meta = story.case, '{"case":42}'
    area = case.areas[0].key if case.areas else None
    yield "modal/open", modals.open_modal(
        language, meta, title=typed, severities=("A", "B", "C"), customer=typed, plan=typed, reference=typed,
        impact=typed, deadline=typed, family="network", families=FAMILIES, channel=case.channel,
        channels=(case.channel,),
    )  # fmt: skip
    yield "modal/open/empty", modals.open_modal(language, meta)
    yield (
        "modal/contacted",
        modals.contacted_modal(
            case, language, TOKYO, meta, now, said=typed, next_at=typed, next_action=typed, reason=typed
        ),
    )
    yield "modal/contacted/empty", modals.contacted_modal(case, language, TOKYO, meta, now)
    yield "modal/next", modals.next_modal(case, language, TOKYO, meta, now, next_at=typed)
    yield "modal/finding", modals.finding_modal(case, "suspect", area, language, meta, evidence=typed)
    yield "modal/finding/empty", modals.finding_modal(case, None, None, language, meta)
    yield "modal/area", modals.area_modal(case, language, meta, text=typed)
    yield "modal/handoff", modals.handoff_modal(case, language, meta, to=BEN, text=typed)
    yield (
        "modal/accept",
        modals.accept_modal(case, language, TOKYO, meta, now, next_at=typed, next_action=typed, reason=typed),
    )
    yield "modal/accept/empty", modals.accept_modal(case, language, TOKYO, meta, now)
    yield (
        "modal/task",
        task_modals.ask_modal(case, language, TOKYO, meta, now, asked=BEN, area=area or "", text=typed, due=now),
    )
    yield "modal/task/empty", task_modals.ask_modal(case, language, TOKYO, meta, now)
    for task in case.tasks[:2]:
        yield f"modal/task/{task.serial}/decline", task_modals.decline_modal(case, task, language, TOKYO, meta, now)
        yield f"modal/task/{task.serial}/done", task_modals.done_modal(case, task, language, TOKYO, meta, now)
    yield "modal/decline", modals.decline_modal(case, language, meta, reason=typed)
    yield "modal/note", modals.note_modal(case, language, meta, text=typed)
    yield "modal/resolve", modals.resolve_modal(case, language, meta, text=typed)
    yield "modal/close", modals.close_modal(case, loose_ends(case), language, meta, reason=typed)
    yield "modal/close/calm", modals.close_modal(case, (), language, meta)
    yield "modal/reopen", modals.reopen_modal(case, language, meta, reason=typed)
    yield "modal/edit", modals.edit_modal(case, language, TOKYO, meta, families=FAMILIES)
    inside = Inside(person="x", people=(typed, "Ken"), customers=("Contoso",))
    said = update(case, story.facts, now, inside)
    for written in ("ja", "en"):
        yield f"draft/{written}", draft.draft_message(case, said, written, language, unsure=True)  # type: ignore[arg-type]
        yield (
            f"modal/draft/{written}",
            draft.draft_modal(case, said, written, language, TOKYO, meta, unsure=False),  # type: ignore[arg-type]
        )
    for viewer in (HANA, KEN, BEN):
        yield f"modal/more/{viewer}", menus.more_modal(case, viewer, language, meta, FAMILIES, now, zone=TOKYO)
    yield "modal/timeline", menus.timeline_modal(case, story.told * 3, language, TOKYO, meta)
    yield "modal/timeline/empty", menus.timeline_modal(case, [], language, TOKYO)
    yield "modal/loading", windows.loading_modal(language)
    yield "modal/message", windows.message_modal(language, refusal.apology(language).text)
