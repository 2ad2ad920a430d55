"""Stage: a team, its Slack and the bot, with the clock in the test's hand. Nothing more clever."""

import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import Bot, Vigil, started
from bot.desk import CALM
from bot.domain.access import Badge
from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.values import CaseNumber, TeamId
from bot.pace import Limits, Rate
from bot.settings import Environment, load_configuration
from sandbox import Message, Sandbox

TOKYO = ZoneInfo("Asia/Tokyo")
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)
ROOT = Path(__file__).parent.parent
SEV_A, SEV_A_EN = "C01SEVJA", "C02SEVEN"
YUKI, BOB, HANA, KEN, MEI, ALEX = "U01YUKI", "U02BOB", "U03HANA", "U04KEN", "U05MEI", "U06ALEX"
NAOKO, GUEST, PARTNER, GONE, RELAY = "U07NAOKO", "U08GUEST", "U09PARTNER", "U10GONE", "U11RELAY"

MEMBER = Badge(home=TeamId("T0JIBUN"), team=TeamId("T0JIBUN"), inside=True)
"""A full member who is in the case's channel, for acts that go straight to the desk."""

TEAM = """
[net]
scheduled = false # a story jumps over hours: to Slack the bot would be down meanwhile

[[channels]]
id = "C01SEVJA"
language = "ja"
customer_zone = "Asia/Tokyo"
report_on_close = false
backup = ["U03HANA"]
first_checks = false
nudges = false # stories about other things are not interrupted; test_nudges.py switches them on
incidents = false # likewise; test_incidents.py switches it on

[[channels]]
id = "C02SEVEN"
language = "en"
customer_zone = "Europe/London"
report_on_close = false
first_checks = false
nudges = false
incidents = false
"""

PHONED = {"said": "確認中とお伝えしました", "next_at": "9:40", "next_action": "ログの結果を共有"}
"""What Yuki fills in after a call: how is "phone" already."""

STORE_POS = """[SevA] 店舗POSのWebサーバーに接続できない
お客様: 西日本リテール様 / 契約: Azure Rapid Response / SR# 2411230010001234
既に業務に支障が出ており、朝7時までに復旧しなければ開店業務が行えません。"""

UNHURRIED = Limits(**{name: Rate(burst=1e6, per_second=1e6) for name in Limits.model_fields})
"""Without Slack's limits: stories are told without waiting; the limits have tests of their own."""


def area(case: Case, key: str) -> Area:
    """One isolation area of a case."""
    return next(area for area in case.areas if area.key == key)


def shown(message: Message) -> str:
    """All that a message's blocks say, one text after the other."""
    return "\n".join(_texts(list(message.blocks)))


def _texts(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        if isinstance(item.get("text"), str):
            yield item["text"]
        item = list(item.values())
    for each in item if isinstance(item, list) else ():
        yield from _texts(each)


def in_japanese(text: str) -> bool:
    """Whether kana stand in it: no English sentence of ours has any."""
    return re.search("[ぁ-ヿ]", text) is not None


def tokyo(clock: str) -> datetime:
    """That moment of the stage's day; `+1 02:10` is a day later."""
    days, _, time = clock.rpartition(" ")
    hour, minute = map(int, time.split(":"))
    return NINE.replace(hour=hour, minute=minute) + timedelta(days=int(days or 0))


class StageClock:
    """The bot's clock is Slack's, so that one hand moves both."""

    pace = 1.0

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack

    def now(self) -> datetime:
        return self._slack.clock.now()


class Stage:
    """What a story needs: people, a Slack, the bot, and the time."""

    def __init__(self, slack: Sandbox, bot: Bot) -> None:
        self.slack = slack
        self.bot = bot

    def __getattr__(self, name: str) -> Any:
        """`stage.yuki` is the person U01YUKI."""
        people = {"yuki": YUKI, "bob": BOB, "hana": HANA, "ken": KEN, "mei": MEI, "alex": ALEX,
                  "guest": "U08GUEST", "partner": "U09PARTNER", "naoko": "U07NAOKO"}  # fmt: skip
        if name in people:
            return self.slack.person(people[name])
        raise AttributeError(name)

    async def settle(self) -> None:
        """Everything due is said, the card's short rest between two edits included."""
        await self.bot.settle()
        wake = await self.bot.store.read(lambda q: q.next_delivery())
        now = self.slack.clock.now()
        if wake is not None and timedelta(0) < wake - now <= CALM:
            self.slack.clock.set(wake)
            await self.bot.settle()

    async def at(self, clock: str) -> None:
        """Let it become this Tokyo time, and everything due by then happen. `10:01`, or `+1 02:10` a day later."""
        days, _, time = clock.rpartition(" ")
        hour, minute = map(int, time.split(":"))
        start = self.slack.clock.now().astimezone(TOKYO)
        moment = start.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=int(days or 0))
        self.slack.clock.set(moment)
        await self.settle()

    async def after(self, **time: float) -> None:
        """Let so much time pass."""
        self.slack.clock.move(timedelta(**time))
        await self.settle()

    async def post(self, text: str = STORE_POS, channel: str = SEV_A, who: str = YUKI) -> Message:
        """Somebody posts in the team channel, and the bot has had its say."""
        message = await self.slack.person(who).post(channel, text)
        await self.settle()
        return message

    async def open_case(self, text: str = STORE_POS, channel: str = SEV_A, who: str = YUKI) -> Case:
        """A case posted in the channel."""
        message = await self.post(text, channel, who)
        case = await self.bot.desk.in_thread(channel, message.ts)  # type: ignore[arg-type]
        assert case is not None, "the post opened no case"
        return case

    async def case(self, number: int = 1) -> Case:
        return await self.bot.desk.find(CaseNumber(number))

    async def sev(self, who: str, text: str, channel: str = SEV_A) -> str:
        """What `/sev …` answers, in words."""
        reply = await self.slack.person(who).command("/sev", text, channel=channel)
        await self.settle()
        return reply.text

    async def mention(self, who: str, case: Case, text: str) -> str:
        """What `@jibungoto …` in the thread answers privately, in words; empty where it says nothing."""
        before = len(self.slack.ephemerals(who))
        await self.slack.person(who).post(case.channel, f"@jibungoto {text}", thread_ts=case.thread)
        await self.settle()
        return "\n".join(message.text for message in self.slack.ephemerals(who)[before:])

    async def on_card(self, who: str, case: Case, action: str, **chosen: Any) -> str:
        """What pressing or choosing something on the card answers privately, in words; empty where it says nothing."""
        before = len(self.slack.ephemerals(who))
        await self.slack.person(who).click(self.card(case), action, **chosen)
        await self.settle()
        return "\n".join(message.text for message in self.slack.ephemerals(who)[before:])

    async def kinds(self, number: int = 1) -> list[str]:
        """What happened on a case so far, each fact by its kind."""
        _, told = await self.bot.desk.history(CaseNumber(number))
        return [one.fact.kind for one in told]

    async def press(self, who: str, where: Any, action: str, **filled: Any) -> dict[str, str] | None:
        """Press a button; the modal it opens is filled in and sent off. What its fields say against it, if anything."""
        person = self.slack.person(who)
        await person.click(where, action)
        errors = await person.submit(filled) if filled else None
        await self.settle()
        return errors

    async def facts(self, number: int = 1) -> list[Any]:
        """What happened on the case, oldest first."""
        _, told = await self.bot.desk.history(CaseNumber(number))
        return [one.fact for one in told]

    def whispered(self, who: str) -> str:
        """What the bot said to this person alone, lately."""
        said = self.slack.ephemerals(who)
        return said[-1].text if said else ""

    def card(self, case: Case) -> Message:
        """The case's card: the bot's first reply in its thread."""
        return next(m for m in self.thread(case) if m.user == self.slack.bot_user_id and m.ts != case.thread)

    def thread(self, case: Case) -> list[Message]:
        assert case.thread is not None
        return self.slack.thread(case.channel, case.thread)

    def said_in(self, case: Case) -> list[Message]:
        """What the bot said in the thread below the card."""
        ours = [m for m in self.thread(case) if m.user == self.slack.bot_user_id and m.ts != case.thread]
        return ours[1:]

    def said_to(self, who: str) -> list[Message]:
        """The direct messages that a person got."""
        return [message for message in self.slack.dms(who) if message.user == self.slack.bot_user_id]


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    http: bool = True,
    toml: str = TEAM,
    slack: Sandbox | None = None,
    limits: Limits = UNHURRIED,
    loops: bool = False,
    vigil: Vigil | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    **more: Any,
) -> AsyncIterator[Stage]:
    """The stage with its curtain up. With `slack` given, that Slack goes on and only the bot is new.

    What else is given goes to `started`: how its database is opened, what its ports are wrapped in.
    """
    if slack is None:
        async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as fresh:
            fresh.clock.freeze(NINE)
            given = {"limits": limits, "loops": loops, "monotonic": monotonic, "vigil": vigil, **more}
            async with staged(folder, http=http, toml=toml, slack=fresh, **given) as stage:  # type: ignore[arg-type]
                yield stage
            return
    config = folder / "jibungoto.toml"
    config.write_text(toml, encoding="utf-8")
    secrets = {"slack_signing_secret": slack.signing_secret} if http else {"slack_app_token": slack.app_token}
    environment = Environment(
        slack_bot_token=slack.bot_token,
        slack_api_url=slack.api_url,
        jibungoto_database=str(folder / "jibungoto.db"),
        jibungoto_config=str(config),
        jibungoto_port=0,
        **secrets,
    )
    settings = load_configuration(environment.jibungoto_config)
    clock = StageClock(slack)
    given = {"limits": limits, "loops": loops, "monotonic": monotonic, "vigil": vigil, **more}
    async with started(environment, settings, clock=clock, **given) as bot:  # type: ignore[arg-type]
        slack.request_url = f"{bot.address}/slack/events" if http else None
        if not http:
            await slack.connected()
        yield Stage(slack, bot)
