"""Commands: one grammar for `/sev …` and `@jibungoto …`. Words become a command; its answer becomes a reply."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk import Desk
from bot.domain.area import Area, unknown
from bot.domain.case import Case
from bot.domain.errors import (
    AreaNotNamed,
    CaseClosed,
    CaseNotNamed,
    HandoffToNobody,
    LooseEnds,
    NextContactMissing,
    NoOpenCase,
    PersonUnavailable,
    ReasonMissing,
    ReasonNeeded,
    Refusal,
    TextMissing,
    TimeUnreadable,
    TitleMissing,
    VerbUnknown,
)
from bot.domain.family import take_area
from bot.domain.messages import (
    AcceptHandoff,
    Acknowledge,
    AddArea,
    AddNote,
    CallForHelp,
    CaseCommand,
    ClaimArea,
    CloseCase,
    Command,
    DeclineHandoff,
    EditCase,
    How,
    JoinArea,
    NextStep,
    OfferHandoff,
    OpenCase,
    RecordContact,
    ReleaseArea,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    SetNextContact,
    Verdict,
)
from bot.domain.text import fold, mentions, one_line, plain
from bot.domain.values import CaseNumber, DeliveryId, UserId
from bot.settings import Configuration
from handlers.slack.forms import Forms
from handlers.slack.payloads import Where
from handlers.slack.people import People, Speaker
from handlers.slack.posts import PostPatterns
from handlers.slack.replies import Meta, Modal, Reply
from handlers.slack.teams import Teams
from handlers.slack.times import find_time
from handlers.slack.words import Spoken, fields, read_words, split_next
from handlers.views.answers import answer
from handlers.views.help import help_message
from handlers.views.lists import case_list, mine, show, timeline

_ANYWAY = {"anyway", "yes", "force", "それでも", "強制", "はい"}
_NEW_AREA = ("new:", "new ", "新規:", "新規 ", "追加:", "追加 ")
_FOR_THE_CLOSED = {"show", "timeline", "help", "note", "reopen"}
_REASON = {"reason": ("理由", "because", "事由")}


@dataclass(frozen=True)
class Said:
    """One line that somebody typed to the bot, and where."""

    delivery: DeliveryId
    speaker: Speaker
    where: Where
    text: str
    here: Case | None
    """The case of the thread it was typed in."""


@dataclass(frozen=True)
class Asked:
    """A line understood so far: the verb is known, the rest is to be read by it."""

    said: Said
    verb: str
    words: Spoken
    now: datetime

    @property
    def rest(self) -> str:
        return self.words.rest

    @property
    def by(self) -> UserId:
        return self.said.speaker.user


class Commands:
    """Everything that can be typed."""

    def __init__(
        self, desk: Desk, people: People, teams: Teams, forms: Forms, bot: UserId, link: Callable[[Case], str]
    ) -> None:
        self._desk = desk
        self._people = people
        self._teams = teams
        self._forms = forms
        self._bot = bot
        self._link = link

    @property
    def _config(self) -> Configuration:
        return self._desk.config

    async def say(self, said: Said) -> Reply:
        """Do what the line asks. Raises Refusal or NothingSaved."""
        words = read_words(said.text, here=said.here.number if said.here else None)
        act = _VERBS.get(words.verb or "")
        if act is None:
            raise VerbUnknown(word=one_line(words.said_verb, 40), near=", ".join(words.suggestions) or "help")
        return await act(self, Asked(said=said, verb=words.verb or "", words=words, now=self._desk.now()))

    async def done(self, command: Command, speaker: Speaker) -> Reply:
        """Hand the command to the desk and say what became of it."""
        result = await self._desk.handle(command)
        return answer(
            result.case,
            result.facts,
            language=speaker.language,
            zone=speaker.zone,
            now=self._desk.now(),
            existing=result.existing,
            link=self._link(result.case),
            families=self._config.families,
        )

    # ------------------------------------------------------------ which case

    async def _case(self, asked: Asked) -> Case:
        """The case that is meant, if it takes this verb. Raises CaseRefusal."""
        case = await self._meant(asked)
        if case.status == "closed" and asked.verb not in _FOR_THE_CLOSED:
            raise CaseClosed(number=case.number)  # at once: nobody fills in a form to be refused afterwards
        return case

    async def _meant(self, asked: Asked) -> Case:
        """The case that was named, the thread's, or the only one that can be meant."""
        if asked.words.case is not None:
            return await self._desk.find(CaseNumber(asked.words.case))
        if asked.said.here is not None:
            return asked.said.here
        return await self._only_one(asked)

    async def _only_one(self, asked: Asked) -> Case:
        channel = asked.said.where.channel
        here = [case for case in await self._desk.unclosed() if case.channel == channel or self._is_private(asked)]
        own = [case for case in here if case.owner == asked.by]
        candidates = here if len(here) == 1 else own if len(own) == 1 else here
        if not candidates:
            raise NoOpenCase()
        if len(candidates) > 1:
            numbers = [case.number for case in candidates[:8]]
            raise CaseNotNamed(
                verb=asked.words.said_verb, first=numbers[0], numbers=", ".join(f"SEV-{n}" for n in numbers)
            )
        return candidates[0]

    def _is_private(self, asked: Asked) -> bool:
        return (asked.said.where.channel or "").startswith("D")

    # ------------------------------------------------------------ opening and knowing

    async def _open(self, asked: Asked) -> Reply:
        where, speaker = asked.said.where, asked.said.speaker
        channel = await self._teams.team_channel(where.channel)
        rules = self._config.rules(channel)
        patterns = self._teams.patterns(channel)
        given, words = fields(asked.rest, patterns.labels)
        severity, title = _severity(words, patterns)
        title = given.pop("title", title)
        if not title and where.trigger:
            return Modal(self._forms.open(speaker, Meta.of(where), channel, severity=severity, **given))
        if not title:
            raise TitleMissing()
        deadline = find_time(given.get("deadline", ""), asked.now, speaker.tz)
        command = OpenCase(
            delivery=asked.said.delivery,
            by=asked.by,
            team=where.team,
            channel=channel,
            language=rules.language or speaker.language,
            severity=severity or rules.severities[0],
            title=plain(title, keep_mentions=False),
            customer=plain(given.get("customer", "")),
            plan=plain(given.get("plan", "")),
            reference=plain(given.get("reference", "")),
            impact=plain(given.get("impact", "")),
            deadline=deadline[0] if deadline else None,
            deadline_text=plain(given.get("deadline", "")),
            about=plain(asked.rest)[:4000],
            told=tuple(UserId(user) for user in mentions(asked.rest) if user != self._bot),
        )
        return await self.done(command, speaker)

    async def _list(self, asked: Asked) -> Reply:
        channel = None if self._is_private(asked) else asked.said.where.channel
        cases = await self._desk.unclosed(channel)
        return case_list(cases, language=asked.said.speaker.language, zone=asked.said.speaker.zone, now=asked.now)

    async def _mine(self, asked: Asked) -> Reply:
        speaker = asked.said.speaker
        cases = await self._desk.mine(asked.by)
        return mine(cases, asked.by, language=speaker.language, zone=speaker.zone, now=asked.now)

    async def _show(self, asked: Asked) -> Reply:
        case, speaker = await self._case(asked), asked.said.speaker
        return show(case, language=speaker.language, zone=speaker.zone, now=asked.now, link=self._link(case))

    async def _timeline(self, asked: Asked) -> Reply:
        speaker = asked.said.speaker
        case, told = await self._desk.history((await self._case(asked)).number)
        return timeline(case, told, language=speaker.language, zone=speaker.zone)

    async def _help(self, asked: Asked) -> Reply:
        try:
            case: Case | None = await self._case(asked)
        except Refusal:
            case = None
        return help_message(asked.said.speaker.language, command=self._config.command, bot=self._bot, case=case)

    # ------------------------------------------------------------ isolating

    async def _claim(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        name = _new_area(asked.rest)
        if name is not None:
            return await self._do(AddArea, asked, case, name=plain(name))
        if not asked.rest:
            return self._ask(asked, case, lambda: self._forms.more(asked.said.speaker, case, asked.said.where))
        return await self._do(ClaimArea, asked, case, area=self._area_said(asked, case))

    async def _join(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        return await self._do(JoinArea, asked, case, area=self._area_said(asked, case))

    async def _release(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        mine_ = _looked_at(case, asked.by)
        if not asked.rest and len(mine_) == 1:
            return await self._do(ReleaseArea, asked, case, area=mine_[0].key)
        return await self._do(ReleaseArea, asked, case, area=self._area_said(asked, case))

    def _area_said(self, asked: Asked, case: Case) -> str:
        words = plain(asked.rest).strip()
        if not words:
            raise self._which_area(asked, case)
        area, _evidence, near = take_area(words, case.areas, asked.said.speaker.language)
        if area is None:
            raise unknown(case.areas, words, case.number, near)
        return area.key

    def _which_area(self, asked: Asked, case: Case) -> AreaNotNamed:
        free = next((a.key for a in case.areas if a.unseen), case.areas[0].key if case.areas else "network")
        return AreaNotNamed(number=case.number, verb=asked.words.said_verb, near=free)

    async def _finding(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        verdict = _VERDICTS[asked.verb]
        words = plain(asked.rest).strip()
        area, evidence, near = take_area(words, case.areas, asked.said.speaker.language)
        held = _looked_at(case, asked.by)
        if area is None and len(held) == 1:
            area, evidence = held[0], words
        if area is None and words:
            raise unknown(case.areas, words.split()[0], case.number, near)
        if area is None or not evidence.strip():
            named = area
            missing = self._which_area(asked, case) if named is None else None

            def form() -> dict[str, Any]:
                return self._forms.finding(asked.said.speaker, case, asked.said.where, verdict, named)

            if asked.said.where.trigger:
                return Modal(form())
            if missing is not None:
                raise missing
        assert area is not None
        return await self._do(ReportFinding, asked, case, area=area.key, verdict=verdict, evidence=evidence)

    # ------------------------------------------------------------ promising

    async def _contacted(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        how, said, phrase = split_next(asked.rest)
        step, reason = self._next_step(asked, case, phrase)
        if not said or (step is None and case.status == "open" and case.terms.next_contact_required):
            if not asked.said.where.trigger and said:
                raise NextContactMissing(number=case.number, severity=case.severity)
            if asked.said.where.trigger:
                form = self._forms.contacted(asked.said.speaker, case, asked.said.where, how=how, said=plain(said))
                return Modal(form)
        return await self._do(
            RecordContact, asked, case, how=_how(how), said=plain(said), next=step, reason=plain(reason)
        )

    async def _next(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        if not asked.rest and asked.said.where.trigger:
            return Modal(self._forms.next(asked.said.speaker, case, asked.said.where))
        step, reason = self._next_step(asked, case, asked.rest)
        if step is None:
            raise TimeUnreadable(word="", number=case.number)
        if case.promise is not None:
            if not reason and asked.said.where.trigger:
                raise ReasonMissing(number=case.number, due=case.promise.due)
            # To move a promise is to keep its action, unless another is named.
            step = step if step.action else step.model_copy(update={"action": case.promise.action})
        return await self._do(SetNextContact, asked, case, next=step, reason=plain(reason))

    def _next_step(self, asked: Asked, case: Case, phrase: str | None) -> tuple[NextStep | None, str]:
        """The time, the action and the reason in a phrase such as `15:00 send the trace reason: agreed`."""
        if phrase is None:
            return None, ""
        given, words = fields(phrase, _REASON)
        found = find_time(words, asked.now, asked.said.speaker.tz)
        if found is None:
            raise TimeUnreadable(word=one_line(plain(words), 40), number=case.number)
        return NextStep(due=found[0], action=plain(found[1])), given.get("reason", "")

    async def _ack(self, asked: Asked) -> Reply:
        return await self._do(Acknowledge, asked, await self._case(asked))

    # ------------------------------------------------------------ giving over, calling, keeping

    async def _handoff(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        receivers = [user for user in mentions(asked.rest) if user != self._bot]
        if not receivers:
            return self._ask(
                asked,
                case,
                lambda: self._forms.handoff(asked.said.speaker, case, asked.said.where),
                HandoffToNobody(number=case.number),
            )
        to = UserId(receivers[0])
        await self.can_own(to)
        return await self._do(OfferHandoff, asked, case, to=to, note=plain(asked.rest, keep_mentions=False))

    async def can_own(self, person: UserId) -> None:
        """Raises PersonUnavailable for guests, bots, outsiders and accounts that are gone."""
        if not self._people.belongs(await self._people.profile(person)):
            raise PersonUnavailable(to=person)

    async def _accept(self, asked: Asked) -> Reply:
        return await self._do(AcceptHandoff, asked, await self._case(asked))

    async def _decline(self, asked: Asked) -> Reply:
        return await self._do(DeclineHandoff, asked, await self._case(asked), reason=plain(asked.rest))

    async def _swarm(self, asked: Asked) -> Reply:
        return await self._do(CallForHelp, asked, await self._case(asked), asking=plain(asked.rest))

    async def _note(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        if not asked.rest:
            return self._ask(
                asked,
                case,
                lambda: self._forms.note(asked.said.speaker, case, asked.said.where),
                TextMissing(number=case.number, verb=asked.words.said_verb),
            )
        return await self._do(AddNote, asked, case, text=plain(asked.rest))

    async def _edit(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        labels = {**self._teams.patterns(case.channel).labels, "family": ("製品", "製品ファミリー", "product")}
        given, _ = fields(asked.rest, labels)
        if not given:
            return self._ask(
                asked,
                case,
                lambda: self._forms.edit(asked.said.speaker, case, asked.said.where),
                TextMissing(number=case.number, verb=f"{asked.words.said_verb} customer:"),
            )
        changes: dict[str, Any] = {name: plain(value) for name, value in given.items() if name != "deadline"}
        if "family" in changes:
            changes["family"] = self._forms.family_named(changes["family"], case)
        if "deadline" in given:
            found = find_time(given["deadline"], asked.now, asked.said.speaker.tz)
            changes |= {"deadline": found[0] if found else None, "deadline_text": plain(given["deadline"])}
        return await self._do(EditCase, asked, case, **changes)

    # ------------------------------------------------------------ ending

    async def _resolve(self, asked: Asked) -> Reply:
        return await self._do(ResolveCase, asked, await self._case(asked), how=plain(asked.rest))

    async def _close(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        first, _, reason = asked.rest.partition(" ")
        anyway = fold(first).strip(":,、") in _ANYWAY
        try:
            return await self._do(CloseCase, asked, case, anyway=anyway, reason=plain(reason if anyway else asked.rest))
        except LooseEnds as error:
            left: tuple[str, ...] = error.about["ends"]
            form = lambda: self._forms.close(asked.said.speaker, case, asked.said.where, left)  # noqa: E731
            return self._ask(asked, case, form, error)

    async def _reopen(self, asked: Asked) -> Reply:
        case = await self._case(asked)
        if not asked.rest:
            return self._ask(
                asked,
                case,
                lambda: self._forms.reopen(asked.said.speaker, case, asked.said.where),
                ReasonNeeded(number=case.number, verb=asked.words.said_verb),
            )
        return await self._do(ReopenCase, asked, case, reason=plain(asked.rest))

    # ------------------------------------------------------------ shared

    async def _do(self, kind: type[CaseCommand], asked: Asked, case: Case, **about: Any) -> Reply:
        command = kind(delivery=asked.said.delivery, by=asked.by, case=case.number, **about)
        return await self.done(command, asked.said.speaker)

    def _ask(
        self, asked: Asked, case: Case, form: Callable[[], dict[str, Any]], otherwise: Refusal | None = None
    ) -> Reply:
        """Ask for what is missing in a modal where one can be opened, else by the refusal's example."""
        if asked.said.where.trigger:
            return Modal(form())
        raise otherwise or self._which_area(asked, case)


def _severity(words: str, patterns: PostPatterns) -> tuple[str | None, str]:
    """The severity a line begins with, by letter or alias, and the title after it."""
    folded_words = fold(words.strip())
    first = folded_words.split(" ", 1)[0].strip("[]【】:")
    if first in ("a", "b", "c"):
        return first.upper(), words.strip().partition(" ")[2].strip()
    for alias in sorted(patterns.levels, key=len, reverse=True):
        if folded_words.startswith(alias):
            return patterns.levels[alias], words.strip()[len(alias) :].lstrip(" :|-–—】]、")
    return None, words.strip()


def _new_area(rest: str) -> str | None:
    lowered = fold(rest[:20])
    marker = next((m for m in _NEW_AREA if lowered.startswith(m)), None)
    return rest[len(marker) :].strip() if marker else None


def _looked_at(case: Case, person: UserId) -> list[Area]:
    return [area for area in case.areas if area.has(person)]


def _how(word: str) -> How:
    return word if word in ("phone", "mail", "chat", "meeting", "portal") else "other"  # type: ignore[return-value]


_Verb = Callable[[Commands, Asked], Awaitable[Reply]]
_VERDICTS: dict[str, Verdict] = {"clear": "cleared", "suspect": "suspect", "cause": "cause", "waiting": "waiting"}

_VERBS: dict[str, _Verb] = {
    "open": Commands._open,
    "list": Commands._list,
    "mine": Commands._mine,
    "show": Commands._show,
    "timeline": Commands._timeline,
    "help": Commands._help,
    "claim": Commands._claim,
    "join": Commands._join,
    "release": Commands._release,
    "clear": Commands._finding,
    "suspect": Commands._finding,
    "cause": Commands._finding,
    "waiting": Commands._finding,
    "contacted": Commands._contacted,
    "next": Commands._next,
    "ack": Commands._ack,
    "handoff": Commands._handoff,
    "accept": Commands._accept,
    "decline": Commands._decline,
    "swarm": Commands._swarm,
    "note": Commands._note,
    "edit": Commands._edit,
    "resolve": Commands._resolve,
    "close": Commands._close,
    "reopen": Commands._reopen,
}
