"""How late reminders are that fall due in the same instant: planned to said."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemClock
from bot.domain import case as cases
from bot.domain import rules
from bot.domain.case import Case
from bot.domain.messages import Footing
from bot.domain.moment import moments
from bot.domain.policy import When
from bot.domain.values import CaseNumber, ChannelId, Timestamp, UserId
from bot.pace import Limits
from bot.settings import Configuration
from sandbox import Channel, Message, Person, Sandbox, World
from sandbox.limits import Limits as SlackLimits
from storage import rows
from storage import statements as sql
from storage.connection import connect
from storage.schema import prepare
from tests.benchmarks.conftest import Run
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times, told
from tests.benchmarks.house import opening, slack_settings
from tests.benchmarks.test_opening import fast_limits
from tests.stage import ROOT

pytestmark = pytest.mark.benchmark
DUE = (40, some(1_000, 100), some(10_000, 300))
TEAMS = 500
"""Channels, each with an owner of its own."""
FASTER = {DUE[0]: 1.0, DUE[1]: 5.0, DUE[2]: 10.0}
"""How many times as fast Slack's limits run, here and in the bot: 10,000 posts take 33 minutes of its time."""
AHEAD = timedelta(seconds=12)
"""The bot stands well before they fall due."""
NAMED = re.compile(r"SEV-(\d+)")
PATIENCE = 600.0
"""Seconds after which what is not said counts as not said."""


def world() -> World:
    people = tuple(Person(f"U{n:05}", f"p{n}", f"Person {n}") for n in range(TEAMS))
    channels = tuple(Channel(f"C{n:05}", f"team-{n}", members=(f"U{n:05}",)) for n in range(TEAMS))
    return replace(World.default(), people=people, channels=channels)


def due_at(moment: datetime, count: int, config: Configuration) -> Iterator[Case]:
    """So many posted cases of that many teams whose half of the first response has passed at that moment."""
    opened = moment - timedelta(minutes=7.5)
    first = opening(1)
    terms = config.policy(first.channel).terms("A")
    assert terms is not None
    # Nothing else falls due on them, however long it takes: what is said is said of this moment, or twice.
    silent = {"alone_after": None, "stuck_after": None, "quiet_claims": False, "ladder": ()}
    terms = terms.model_copy(update={"first_response_checkpoints": (When.model_validate("50%"),), **silent})
    footing = Footing(terms=terms, family=config.families[0].key, areas=(), backup=(), customer_zone="Asia/Tokyo")
    case = cases.replay(rules.open_case(CaseNumber(1), first, footing, opened))
    for number in range(1, count + 1):
        team = number % TEAMS
        yield case.model_copy(
            update={
                "number": CaseNumber(number), "owner": UserId(f"U{team:05}"), "channel": ChannelId(f"C{team:05}"),
                "thread": Timestamp(f"1795478400.{number:06}"), "reference": f"24112300{number:08}",
            }
        )  # fmt: skip


def written(path: Path, found: list[Case], at: datetime) -> None:
    """The cases in a file, with their checkpoints, their threads and cards that stand there."""
    prepare(str(path))
    now = rows.text_of(at)
    with closing(connect(str(path))) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.executemany(sql.SAVE_CASE, (rows.case_row(case) for case in found))
        connection.executemany(sql.KEEP_THREAD, ((case.channel, case.thread, case.number) for case in found))
        connection.executemany(sql.ADD_PERSON, ((case.number, case.owner, "owner") for case in found))
        connection.executemany(
            sql.PLAN,
            ((case.number, *row) for case in found for row in rows.moment_rows(moments(case)).values()),
        )
        connection.executemany(
            """INSERT INTO surfaces (key, kind, case_number, id, channel, ts, wanted, shown, not_before, touched_at)
               VALUES (?, 'card', ?, ?, ?, ?, 1, 1, ?, ?)""",
            ((f"card/{c.number}", c.number, f"c{c.number}", c.channel, card_of(c), now, now) for c in found),
        )
        connection.execute("UPDATE numbers SET last = ?", (len(found),))
        connection.execute("COMMIT")


def card_of(case: Case) -> str:
    return f"1795478401.{case.number:06}"


def in_slack(slack: Sandbox, found: list[Case]) -> None:
    """The same cases as Slack has them: the post, and the card below it."""
    for case in found:
        assert case.thread is not None
        post: dict[str, Any] = {"channel": case.channel, "at": case.opened_at, "thread_ts": case.thread}
        slack.state.remember(Message(ts=case.thread, user=str(case.owner), text=case.title, **post))
        slack.state.remember(Message(ts=card_of(case), user=slack.bot_user_id, text=case.title, **post))


def dictated(count: int, limits: Limits) -> float:
    """Seconds that Slack's limits alone make the last of so many wait, spread over the owners."""
    each = -(-count // TEAMS)
    posts = (count - limits.posts.burst) / limits.posts.per_second
    return max(posts, (each - limits.channel.burst) / limits.channel.per_second, 0.0)


class Ear:
    """Which cases were named to their owners, and when: several reminders to one person may be one message."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack, self._heard = slack, 0
        self.told: dict[str, datetime] = {}
        self.twice = self.posts = 0

    def hear(self) -> int:
        """Read what was posted since; how many cases were named by now."""
        calls = self._slack.calls("chat.postMessage")
        for call in calls[self._heard :]:
            if call.status == 200:
                self.posts += 1
                named = set(NAMED.findall(str(call.args["blocks"])))
                self.twice += len(named & self.told.keys())
                self.told |= {case: call.at for case in named - self.told.keys()}
        self._heard = len(calls)
        return len(self.told)


@pytest.mark.timeout(2400)
@pytest.mark.parametrize("limited", [False, True], ids=["limits off", "limits on"])
async def test_reminders(report: Report, run: Run, config: Configuration, tmp_path: Path, limited: bool):
    about = "All due in the same instant, over 500 owners, each told by a direct message. "
    if limited:
        about += (
            "Slack's limits are on, in Slack and in the bot. Where a row says so they run several times as fast in "
            "both, and the times are given as Slack's own: our own work weighs so many times as much."
        )
    report.chapter(f"How late a reminder is, Slack's limits {'on' if limited else 'off'}", about)
    for count in DUE:
        faster = FASTER[count]
        ear, late, refused, cpu, bare = await fallen_due(
            run, config, tmp_path / f"{count}.db", count, faster if limited else None
        )
        faster = faster if limited else 1.0
        last = max(late.seconds) * faster
        said = Times([each * faster for each in late.seconds])
        limit = dictated(ear.posts, Limits()) if limited else bare
        name = f"{count:,} due at once{f', limits {faster:g} times as fast' if faster != 1 else ''}"
        report.add(
            f"{name}: planned to said", f"{said}, last {told(last)}", ratio=f"last: {last / limit:.2f}x",
            limit=f"{'the limits dictate' if limited else 'as many bare posts by the same client'}: {told(limit)}",
        )  # fmt: skip
        assert min(late.seconds) > 0, "something else was said before they fell due"
        report.add(
            f"{name}: not said within {PATIENCE:.0f} s, said twice, refused by Slack",
            f"{count - len(late.seconds)}, {ear.twice}, {refused}",
            limit="0, 0, 0",
        )
        report.add(f"{name}: messages", f"{ear.posts:,}", limit="ten reminders to one person are one")
        report.add(f"{name}: CPU of each", told(cpu / count))


async def fallen_due(
    run: Run, config: Configuration, path: Path, count: int, faster: float | None
) -> tuple[Ear, Times, int, float, float]:
    """What was said, how late each was, how many posts Slack refused, the bot's CPU, how long the posts alone take."""
    async with Sandbox(manifest=ROOT / "manifest.yml", world=world()) as slack:
        moment = SystemClock().now() + AHEAD + timedelta(milliseconds=count)
        found = list(due_at(moment, count, config))
        written(path, found, moment - timedelta(minutes=5))
        in_slack(slack, found)
        if faster is not None:
            slack.limits = fast_limits(faster)
        name = ("hurried", str(faster)) if faster is not None else ("unhurried",)
        async with run(*name, database=path, **slack_settings(slack)) as bot:
            slack.request_url = f"{bot.line}/slack/events"
            assert SystemClock().now() < moment, "the bot was not ready in time"
            used = bot.cpu
            end = asyncio.get_running_loop().time() + PATIENCE
            ear = Ear(slack)
            # To look at each change would cost more than what is measured.
            while ear.hear() < count and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.5)
            late = Times([(at - moment).total_seconds() for at in ear.told.values()])
            refused = sum(call.status == 429 for call in slack.calls())
            cpu = bot.cpu - used
        slack.limits = SlackLimits("off")
        async with run("posts", str(ear.posts), **slack_settings(slack)) as bare:
            return ear, late, refused, cpu, float(bare.line)
