"""Watching over the bot: the auditor, the daily line, lateness, readiness and the heartbeat."""

import asyncio
import logging
import re
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.domain.values import CaseNumber
from bot.heartbeat import Heartbeat
from storage.connection import connect
from tests.stage import HANA, TEAM, YUKI, in_japanese, staged, tokyo

ONE = CaseNumber(1)
WATCHED = f'{TEAM}\n[defaults]\nadmin = "{HANA}"\n'


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, toml=WATCHED) as stage:
        yield stage


async def figures(stage):
    """What /metrics says: name (with labels) and number."""
    async with aiohttp.ClientSession() as session, session.get(f"{stage.bot.address}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def tampered(folder, statement):
    """Somebody edits the database by hand."""
    connection = connect(str(folder / "jibungoto.db"))
    assert connection.execute(statement).rowcount > 0
    connection.close()


def told_of(stage, who, word):
    return [message.text for message in stage.said_to(who) if word in message.text]


class TestTheAuditor:
    async def test_a_day_without_a_fault_has_no_finding(self, stage):
        await stage.open_case()

        for minute in range(1, 59):
            await stage.at(f"09:{minute:02}")
            assert await stage.bot.watch.auditor.look() == []
        assert told_of(stage, HANA, "点検") == []

    async def test_a_reminder_taken_out_of_the_plan_is_put_back_before_it_is_due(self, stage, tmp_path):
        await stage.open_case()
        tampered(tmp_path, "DELETE FROM checkpoints WHERE key LIKE '%/due'")

        found = await stage.bot.watch.auditor.look()
        await stage.at("09:15")

        assert [(miss.kind, miss.what) for miss in found] == [("unplanned", "first-response/1/due")]
        (due,) = [fact for fact in await stage.facts() if fact.kind == "reminder_came" and fact.rung == "due"]
        assert due.at == due.planned

    async def test_a_plan_that_was_emptied_is_found_said_late_and_told_to_the_admin_once(self, stage, tmp_path):
        await stage.open_case()
        tampered(tmp_path, "DELETE FROM checkpoints")
        await stage.at("09:18")
        assert stage.said_to(YUKI) == [], "nothing was said: this is what the auditor is for"

        await stage.bot.watch.auditor.look()
        await stage.settle()
        await stage.bot.watch.auditor.look()
        await stage.settle()

        (reminder,) = stage.said_to(YUKI)
        assert "遅れ" in reminder.text
        (finding,) = told_of(stage, HANA, "点検")
        assert "SEV-1" in finding
        assert await stage.bot.store.read(lambda q: q.misses(unrepaired=True)) == []
        assert (await figures(stage))["jibungoto_audit_found"] >= 3

    async def test_a_letter_that_was_removed_is_written_again(self, stage, tmp_path):
        await stage.open_case()
        stage.slack.clock.set(tokyo("09:15"))
        while await stage.bot.desk.reach_due():
            pass
        tampered(tmp_path, "DELETE FROM outbox WHERE place = 'person'")

        found = await stage.bot.watch.auditor.look()
        await stage.settle()

        assert {miss.kind for miss in found} == {"unwritten"}
        assert len(stage.said_to(YUKI)) == 1
        assert await stage.bot.watch.auditor.look() == []

    async def test_a_letter_that_waits_is_found_and_made_good_when_it_arrives(self, stage):
        await stage.open_case()
        stage.slack.faults.add("chat.postMessage", "http_503", times=None)
        await stage.at("09:15")
        stage.slack.clock.move(timedelta(minutes=3))
        found = await stage.bot.watch.auditor.look()
        stage.slack.faults.clear()
        await stage.after(minutes=6)
        await stage.bot.watch.auditor.look()

        assert {miss.kind for miss in found} == {"unsaid"}
        assert await stage.bot.store.read(lambda q: q.misses(unrepaired=True)) == []

    async def test_doctor_shows_what_it_found(self, stage, tmp_path):
        from bot.doctor import examine_watch
        from bot.settings import Environment
        from storage.upkeep import asked

        environment = Environment(jibungoto_database=str(tmp_path / "jibungoto.db"))
        await stage.open_case()
        (before,) = examine_watch(environment, asked)
        tampered(tmp_path, "DELETE FROM checkpoints WHERE key LIKE '%/due'")
        await stage.bot.watch.auditor.look()
        (after,) = examine_watch(environment, asked)

        assert (before.state, after.state) == ("well", "warning")
        assert "SEV-1 first-response/1/due" in after.say


class TestTheDailyLine:
    async def test_comes_once_a_day_in_the_admins_zone_and_language_also_across_restarts(self, slack, tmp_path):
        said = []
        for moment in ("09:00", "20:00", "+1 08:59", "+1 09:00", "+1 15:00", "+1 08:00", "+2 12:00", "+2 13:00"):
            slack.clock.set(max(tokyo(moment), slack.clock.now()))
            async with staged(tmp_path, toml=WATCHED, slack=slack) as stage:
                if await stage.bot.watch.reporter.speak():
                    said.append(moment)

        assert said == ["+1 09:00", "+2 12:00"]
        lines = told_of(stage, HANA, "ジブンゴト")
        assert len(lines) == 2
        assert in_japanese(lines[0])

    async def test_says_how_many_how_late_and_what_is_wrong(self, stage):
        await stage.bot.watch.reporter.speak()
        await stage.open_case()
        await stage.at("09:15")
        stage.slack.clock.set(tokyo("09:21"))
        await stage.settle()
        await stage.at("+1 09:00")
        await stage.bot.watch.reporter.speak()

        (line,) = told_of(stage, HANA, "直近 24 時間")
        assert "対応中の案件は 1 件" in line
        assert re.search(r"リマインドを \d+ 件送信し、", line)
        assert "SEV-1" in line

    async def test_what_could_not_be_sent_is_tried_again_and_a_lost_answer_is_not(self, stage):
        await stage.bot.watch.reporter.speak()
        stage.slack.clock.set(tokyo("+1 09:00"))
        stage.slack.faults.add("chat.postMessage", "429", channel=HANA)
        with pytest.raises(Exception, match="ratelimited"):
            await stage.bot.watch.reporter.speak()
        stage.slack.faults.add("chat.postMessage", "drop_after", channel=HANA)

        assert await stage.bot.watch.reporter.speak()
        assert not await stage.bot.watch.reporter.speak()
        assert len(told_of(stage, HANA, "直近 24 時間")) == 1


class TestLateness:
    async def test_is_counted_per_rung(self, stage):
        await stage.open_case()
        await stage.at("09:10")
        stage.slack.clock.set(tokyo("09:15") + timedelta(seconds=90))
        await stage.settle()

        shown = await figures(stage)

        name = "jibungoto_reminder_lateness_seconds"
        assert shown[f'{name}_bucket{{le="60.0",rung="due"}}'] == 0
        assert shown[f'{name}_bucket{{le="120.0",rung="due"}}'] == 2  # to the owner, and in the thread
        assert shown[f'{name}_count{{rung="before"}}'] == 1


class TestTheHeartbeat:
    @pytest.fixture
    async def outside(self):
        """Somebody outside who counts."""
        beats, status = [], [200]
        self.heard = asyncio.Event()

        async def beat(request):
            beats.append(request.path)
            self.heard.set()
            return web.Response(status=status[0])

        app = web.Application()
        app.router.add_get("/secret-0815", beat)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/secret-0815", beats, status
        await runner.cleanup()

    async def beaten(self, url, checks):
        async with aiohttp.ClientSession() as session:
            return await Heartbeat(url, timedelta(minutes=5), checks).beat(session)

    async def test_beats_while_all_is_well(self, stage, outside):
        url, beats, _ = outside

        assert await self.beaten(url, stage.bot.pages.checks)
        assert beats == ["/secret-0815"]

    @pytest.mark.parametrize("trouble", ["time stands still", "a loop ended", "a letter waits", "slack is gone"])
    async def test_never_beats_while_anything_is_wrong(self, stage, outside, trouble):
        url, beats, _ = outside
        await stage.open_case()
        if trouble == "time stands still":
            stage.slack.clock.set(tokyo("09:30"))
        elif trouble == "a loop ended":
            stage.bot.loops.append(asyncio.create_task(asyncio.sleep(0)))
            await stage.bot.loops[-1]
        elif trouble == "a letter waits":
            stage.slack.faults.add("chat.postMessage", "http_503", times=None)
            await stage.at("09:15")
            stage.slack.clock.move(timedelta(minutes=3))
        else:
            stage.bot.pages.open(None, lambda: False)

        assert not await self.beaten(url, stage.bot.pages.checks)
        assert beats == []

    async def test_the_address_is_in_no_log(self, stage, outside, caplog):
        url, _, status = outside
        status[0] = 500
        caplog.set_level(logging.DEBUG)

        assert not await self.beaten(url, stage.bot.pages.checks)
        assert not await self.beaten("http://127.0.0.1:9/secret-0815", stage.bot.pages.checks)

        assert "500" in caplog.text
        assert "secret-0815" not in caplog.text

    async def test_a_running_bot_sends_it(self, slack, tmp_path, outside):
        url, beats, _ = outside

        async with staged(tmp_path, toml=f'{TEAM}\n[heartbeat]\nurl = "{url}"\n', slack=slack, loops=True):
            await asyncio.wait_for(self.heard.wait(), timeout=5)

        assert set(beats) == {"/secret-0815"}
