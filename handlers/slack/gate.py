"""Gate: finds out where somebody stands towards a case's channel, for the core to judge, and who may see which case."""

from collections.abc import Iterable

from bot.desk import Desk
from bot.domain.access import Badge, Verb
from bot.domain.case import Case
from bot.domain.errors import NotKnown, PersonRefusal, UnknownCase
from bot.domain.values import ChannelId
from bot.ports import DeliveryTrouble
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.runs import ACTIONS
from handlers.slack.teams import Teams

VERB_OF: dict[str, Verb] = {
    **dict.fromkeys(
        ("show", "list", "mine", "duty", "timeline", "similar", "help", "more", "details", "clocks", "terms"), "read"
    ),
    **dict.fromkeys(("clear", "suspect", "cause", "waiting"), "finding"),
    "area": "claim",
    **dict.fromkeys(("tell", "checked"), "tick"),
    "leave": "arrive",
    "draft": "contacted",
    "answered": "vendor",
    "withdraw": "handoff",
    "reject": "approve",
    "done": "check",
    "unask": "check",
    **dict.fromkeys(ACTIONS, "runbook"),
    **dict.fromkeys(("gather", "apart"), "parent"),
    "task-withdraw": "task",
    **dict.fromkeys(("task-accept", "task-decline", "task-done"), "answer"),
    "task-finding": "finding",
}
"""The words and buttons that the table of access knows under another name; every other one is its own verb."""


def verb_of(word: str) -> Verb:
    """The verb of the table that a word of the grammar, a button or a form stands for."""
    return VERB_OF.get(word, word)  # type: ignore[arg-type]


class Gate:
    """Judges nothing itself: it completes the badge and asks the desk."""

    def __init__(self, desk: Desk, teams: Teams) -> None:
        self._desk = desk
        self._teams = teams

    async def badge(self, speaker: Speaker, where: Where, channel: ChannelId) -> Badge:
        """What is known of the speaker, towards this channel. Raises NotKnown if Slack is silent about it."""
        return speaker.badge.model_copy(update={"inside": await self._inside(speaker, where, channel)})

    async def _inside(self, speaker: Speaker, where: Where, channel: ChannelId) -> bool:
        if where.channel == channel and not where.told:
            return True  # Slack itself says that they act there
        try:
            everybody = speaker.badge.at_home and not speaker.badge.guest
            return await self._teams.open_to(channel, speaker.user, everybody=everybody)
        except DeliveryTrouble as trouble:
            raise NotKnown() from trouble

    async def reveal(self, speaker: Speaker, where: Where, case: Case) -> None:
        """Raises UnknownCase where the speaker can't see that there is such a case."""
        self._desk.reveal(speaker.user, await self.badge(speaker, where, case.channel), case)

    async def pass_on(self, word: str, speaker: Speaker, where: Where, case: Case) -> None:
        """Let somebody on to a case, or refuse before a form is shown or a word of the case is said."""
        badge = await self.badge(speaker, where, case.channel)
        verb = verb_of(word)
        if verb == "handoff" and "take" in self._desk.allowed(speaker.user, badge, case):
            verb = "take"  # the form and the button serve both; the desk judges what is asked for in the end
        self._desk.permit(verb, speaker.user, badge, case)

    async def visible(self, cases: Iterable[Case], speaker: Speaker, where: Where) -> list[Case]:
        """Those that the speaker may see."""
        seen: list[Case] = []
        for case in cases:
            try:
                await self.pass_on("show", speaker, where, case)
            except (UnknownCase, PersonRefusal):
                continue
            seen.append(case)
        return seen

    async def allowed(self, speaker: Speaker, where: Where, case: Case | None) -> frozenset[Verb]:
        """The verbs that the speaker may do, on this case or without one."""
        badge = await self.badge(speaker, where, case.channel) if case else speaker.badge
        return self._desk.allowed(speaker.user, badge, case)
