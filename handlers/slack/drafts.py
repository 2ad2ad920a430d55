"""Drafts: gathers what a customer update needs beside the case: its facts, and which names must not be in it."""

import asyncio
import logging

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import ContactEmpty, DraftTimesDiffer, DraftUnfinished
from bot.domain.messages import NextStep
from bot.domain.outward import Inside, others
from bot.domain.text import fold
from bot.domain.update import Update, update
from bot.domain.values import Language, UserId
from bot.ports import DeliveryTrouble, Told
from handlers.slack.payloads import Where
from handlers.slack.people import People, Speaker
from handlers.slack.replies import Meta, Modal
from handlers.views import draft as views
from handlers.views.parts import Message
from handlers.views.texts import texts

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Ours, in seconds: a form has three to be opened in."""
MOST_PEOPLE = 40
LANGUAGES: dict[str, Language] = {
    **dict.fromkeys(("ja", "jp", "japanese", "日本語", "和文", "日本語で"), "ja"),
    **dict.fromkeys(("en", "english", "英語", "英文", "英語で"), "en"),
}  # fmt: skip


def language_named(word: str) -> Language | None:
    """The language that is meant; None for any other word."""
    return LANGUAGES.get(fold(word).strip())


class Drafts:
    """The draft of a case, as an answer and as a form."""

    def __init__(self, desk: Desk, people: People) -> None:
        self._desk = desk
        self._people = people

    async def message(self, case: Case, to: Speaker, language: Language | None = None) -> Message:
        written = language or case.language
        case, said, unsure = await self._update(case, written)
        return views.draft_message(case, said, written, to.language, unsure=unsure)

    async def form(self, case: Case, to: Speaker, where: Where, language: Language | None = None) -> Modal:
        written = language or case.language
        case, said, unsure = await self._update(case, written)
        meta = Meta.of(where, case.number).write()
        return Modal(views.draft_modal(case, said, written, to.language, to.zone, meta, unsure=unsure))

    async def _update(self, case: Case, language: Language) -> tuple[Case, Update, bool]:
        """What there is to say, and whether the names of colleagues are not all known."""
        case, told = await self._desk.history(case.number)
        names, unsure = await self._names(case, told)
        customers = [one.customer for one in await self._desk.unclosed(None)]
        inside = Inside(
            person=texts(language).say(views.COLLEAGUE), people=names, customers=others(customers, case.customer)
        )
        facts = [one.fact for one in told]
        return case, update(case, facts, self._desk.now(), inside), unsure

    async def _names(self, case: Case, told: list[Told]) -> tuple[tuple[str, ...], bool]:
        """What the people of the case are called."""
        held = [person for area in case.areas for person in (area.holder, *area.joined)]
        acting = [one.fact.by for one in told]
        everybody = dict.fromkeys([case.owner, *case.people, *case.backup, *case.leads, *held, *case.informed, *acting])
        people = [one for one in everybody if one][:MOST_PEOPLE]
        found = await asyncio.gather(*(self._name(one) for one in people))
        return tuple(name for name in found if name), None in found

    async def _name(self, person: UserId) -> str | None:
        """Their name; None where Slack does not say it in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await self._people.profile(person)).name
        except (TimeoutError, DeliveryTrouble) as trouble:
            log.info("the name of a colleague is not known for a draft: %s", trouble)
            return None


def check(case: Case, said: str, step: NextStep | None, speaker: Speaker) -> None:
    """Refuse a text that can't have been sent so. Raises ContactEmpty, DraftUnfinished, DraftTimesDiffer."""
    if not said.strip():
        raise ContactEmpty(number=case.number)
    if views.unfinished(said):
        raise DraftUnfinished(number=case.number)
    if step is not None and views.contradicts(said, step.due, (case.customer_zone, speaker.zone)):
        raise DraftTimesDiffer(number=case.number, due=step.due)
