"""Forms: which modal asks for what, filled with what is known of the case and of where it was opened."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from bot.domain.access import Verb
from bot.domain.area import Area, guess
from bot.domain.case import Case
from bot.domain.errors import FamilyUnknown, Refusal
from bot.domain.family import EVERY_CASE, Family
from bot.domain.messages import Verdict
from bot.domain.run import Run
from bot.domain.text import fold, one_line, plain
from bot.domain.values import AreaKey, ChannelId, Language, Severity, UserId
from bot.memory import Past
from bot.ports import Told
from bot.settings import Configuration
from handlers.slack.check_forms import CheckForms
from handlers.slack.clock_forms import ClockForms
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta
from handlers.slack.task_forms import TaskForms
from handlers.views import menus, modals, runs, windows
from handlers.views.alike import alike_modal
from handlers.views.questions import questions_of
from handlers.views.refusal import refusal

View = dict[str, Any]
SEVERITIES: tuple[Severity, ...] = ("A", "B", "C")
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Forms:
    """Every modal the bot opens."""

    def __init__(self, config: Configuration, now: Callable[[], datetime]) -> None:
        self._config = config
        self._now = now
        self.clock = ClockForms(config, now)
        self.checks = CheckForms(now)
        self.task = TaskForms(now)

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._config = config
        self.clock.adopt(config)

    def open(self, to: Speaker, meta: Meta, channel: ChannelId, **known: Any) -> View:
        """A new case in `channel`; `known` is what was said or read already."""
        rules = self._config.rules(channel)
        policy = self._config.policy(channel)
        severities = tuple(s for s in SEVERITIES if policy.terms(s))
        known["severity"] = known.get("severity") or rules.severities[0]
        remembered = meta.model_copy(update={"channel": channel})
        return modals.open_modal(
            to.language, remembered.write(), severities=severities, families=self._families(channel), **known
        )

    def contacted(self, to: Speaker, case: Case, where: Where, **known: Any) -> View:
        meta = Meta.of(where, case.number).write()
        return modals.contacted_modal(case, to.language, to.zone, meta, self._now(), **known)

    def next(self, to: Speaker, case: Case, where: Where, *, action: str = "") -> View:
        """The next contact, with the action that was chosen already."""
        meta = Meta.of(where, case.number).write()
        return modals.next_modal(case, to.language, to.zone, meta, self._now(), next_action=action)

    def finding(self, to: Speaker, case: Case, where: Where, verdict: Verdict | None, area: Area | None) -> View:
        meta = Meta.of(where, case.number).write()
        return modals.finding_modal(case, verdict, area.key if area else None, to.language, meta)

    def evidence(self, to: Speaker, case: Case, where: Where, text: str, author: UserId | None) -> View:
        """The finding that a reply in the thread is, with its words and the area that it seems to be about."""
        meta = Meta.of(where, case.number).model_copy(update={"source": where.message, "author": author})
        area = guess(case.areas, text, author or to.user, self._hints(case))
        return modals.finding_modal(
            case, None, area.key if area else None, to.language, meta.write(), evidence=one_line(plain(text), 500)
        )

    def _hints(self, case: Case) -> dict[AreaKey, str]:
        """What is asked first in each area, in every language."""
        return {area.key: " ".join(question for language in LANGUAGES
                                   for question in questions_of(case, area.key, self._config.families, language))
                for area in case.areas}  # fmt: skip

    def new_area(self, to: Speaker, case: Case, where: Where) -> View:
        return modals.area_modal(case, to.language, Meta.of(where, case.number).write())

    def handoff(self, to: Speaker, case: Case, where: Where, *, receiver: UserId | None = None) -> View:
        return modals.handoff_modal(case, to.language, Meta.of(where, case.number).write(), to=receiver)

    def accept(self, to: Speaker, case: Case, where: Where, *, next_at: str = "") -> View:
        meta = Meta.of(where, case.number).write()
        return modals.accept_modal(case, to.language, to.zone, meta, self._now(), next_at=next_at)

    def decline(self, to: Speaker, case: Case, where: Where) -> View:
        return modals.decline_modal(case, to.language, Meta.of(where, case.number).write())

    def note(self, to: Speaker, case: Case, where: Where) -> View:
        return modals.note_modal(case, to.language, Meta.of(where, case.number).write())

    def resolve(self, to: Speaker, case: Case, where: Where) -> View:
        return modals.resolve_modal(case, to.language, Meta.of(where, case.number).write())

    def reopen(self, to: Speaker, case: Case, where: Where) -> View:
        return modals.reopen_modal(case, to.language, Meta.of(where, case.number).write())

    def close(self, to: Speaker, case: Case, where: Where, ends: tuple[str, ...]) -> View:
        return modals.close_modal(case, ends, to.language, Meta.of(where, case.number).write())

    def edit(self, to: Speaker, case: Case, where: Where) -> View:
        families = self._families(case.channel)
        meta = Meta.of(where, case.number).write()
        return modals.edit_modal(case, to.language, to.zone, meta, families=families)

    def more(self, to: Speaker, case: Case, where: Where, allowed: frozenset[Verb]) -> View:
        meta = Meta.of(where, case.number).write()
        families = self._config.families
        return menus.more_modal(case, to.user, to.language, meta, families, self._now(), allowed=allowed)

    def timeline(self, to: Speaker, case: Case, told: list[Told], where: Where) -> View:
        return menus.timeline_modal(case, told, to.language, to.zone, Meta.of(where, case.number).write())

    def alike(self, to: Speaker, case: Case, past: list[Past], where: Where, link: Callable[[Case], str]) -> View:
        return alike_modal(case, past, to.language, to.zone, Meta.of(where, case.number).write(), link)

    def runbooks(self, to: Speaker, case: Case, where: Where) -> View:
        """The runbooks that fit the case, to be started."""
        known, meta = self._config.shelf.runbooks, Meta.of(where, case.number).write()
        return runs.offers_modal(case, known, to.language, to.zone, meta)

    def of_run(self, to: Speaker, case: Case, where: Where, verb: str, run: Run) -> View:
        """Why a step is skipped, or the whole run stopped."""
        meta = Meta.of(where, case.number).model_copy(update={"run": run.serial}).write()
        return (runs.skip_modal if verb == "step-skip" else runs.stop_modal)(case, run, to.language, meta)

    def refusal(self, to: Speaker, error: Refusal) -> View:
        """A refusal as a modal of its own, where there is no field to say it at."""
        said = refusal(error, language=to.language, zone=to.zone, said_with=f"{self._config.command} ")
        return windows.message_modal(to.language, said.text)

    def family_named(self, word: str, case: Case) -> str:
        """The key of the family that the word names, by key or name. Raises FamilyUnknown with the keys."""
        wanted = fold(word)
        families = self._families(case.channel)
        for family in families:
            if wanted in (fold(family.key), fold(family.name_en), fold(family.name_ja)):
                return family.key
        known = tuple(family.key for family in families)
        raise FamilyUnknown(number=case.number, word=one_line(word, 40), known=known)

    def _families(self, channel: ChannelId) -> tuple[Family, ...]:
        return tuple(f for f in self._config.families_of(channel) if f.key != EVERY_CASE)
