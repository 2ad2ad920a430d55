"""Transports: the same story over HTTP and Socket Mode, signed, and the same however often a payload comes."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from sandbox import Sandbox
from sandbox.inbound import Ack, sign, wall_seconds
from tests.stage import HANA, KEN, MEI, NINE, ROOT, SEV_A, YUKI, Stage, area, staged, tokyo

Json = dict[str, Any]
TIMES = (2, 10)


@pytest.fixture(params=["http", "socket"])
async def stage(request, tmp_path):
    async with staged(tmp_path, http=request.param == "http") as stage:
        yield stage


async def delivered(stage: Stage, kind: str, payload: Json, times: int = 1) -> list[Ack]:
    """The same payload, so many times at once, and everything said that follows."""
    answers = kind != "events_api"
    acks = await asyncio.gather(*(stage.slack.inbound.ask(kind, payload, answers=answers) for _ in range(times)))
    await stage.settle()
    return list(acks)


def slash(stage: Stage, who: str, text: str) -> Json:
    slack = stage.slack
    person, channel = slack.state.people[who], slack.state.channels[SEV_A]
    return slack.interactions.command(person, slack.app.commands["/sev"], text, channel)


def event(kind: str, **fields: Any) -> Json:
    """An event as Slack wraps it, of any type at all."""
    body = {"type": kind, "event_ts": "1795478400.000900", **fields}
    return {"token": "t", "team_id": "T0JIBUN", "api_app_id": "A00APP", "type": "event_callback", "event": body,
            "event_id": f"Ev{kind}", "event_time": 1795478400, "is_ext_shared_channel": False,
            "authorizations": [{"team_id": "T0JIBUN", "user_id": "U00BOT", "is_bot": True}]}  # fmt: skip


class TestTheMainStory:
    """A Sev A from the post to the end, whichever way Slack reaches the bot."""

    async def test_is_the_same(self, stage):
        case = await stage.open_case()
        await stage.on_card(KEN, case, "claim", option="firewall")
        lost = await stage.on_card(MEI, case, "claim", option="firewall")
        await stage.mention(YUKI, case, "連絡済 電話 確認中です / 次回 9:40 ログの結果を共有")
        await stage.sev(KEN, "suspect 1 firewall 23:40 から拒否ログ 312 件")
        await stage.at("9:30")
        await stage.press(YUKI, stage.said_to(YUKI)[-1], "contacted", said="拒否ログを発見", next_at="10:10",
                          next_action="規則の修正結果を共有")  # fmt: skip
        await stage.sev(YUKI, "handoff 1 @hana 10:10 に架電")
        await stage.press(HANA, stage.said_to(HANA)[-1], "accept", next_action="修正を確認")
        await stage.mention(HANA, case, "resolve 規則を修正")
        await stage.press(HANA, stage.card(case), "contacted", said="復旧をご報告")
        await stage.press(HANA, stage.card(case), "close")

        assert f"<@{KEN}>" in lost
        assert await stage.kinds() == [
            "case_opened", "area_claimed", "contact_made", "next_contact_promised", "finding_reported",
            "reminder_came", "contact_made", "next_contact_promised", "handoff_offered", "handoff_accepted",
            "case_resolved", "contact_made", "case_closed",
        ]  # fmt: skip
        ended = await stage.case()
        assert (ended.status, ended.owner, ended.tally.kept, ended.tally.missed) == ("closed", HANA, 3, 0)
        assert [call.error for call in stage.slack.calls() if call.error] == []
        assert await stage.bot.desk.parked() == []


class TestSignatures:
    """In HTTP mode only Slack is heard."""

    BODY = urlencode({"command": "/sev", "text": "open A 偽の案件", "team_id": "T0JIBUN", "user_id": YUKI,
                      "channel_id": SEV_A, "trigger_id": "1.2.x", "response_url": ""}).encode()  # fmt: skip

    @pytest.fixture
    async def stage(self, tmp_path):
        async with staged(tmp_path) as stage:
            yield stage

    async def posted(self, address: str, headers: dict[str, str]) -> int:
        headers = {"content-type": "application/x-www-form-urlencoded"} | headers
        async with (
            aiohttp.ClientSession() as session,
            session.post(address, data=self.BODY, headers=headers) as answer,
        ):
            return answer.status

    async def test_the_same_request_rightly_signed_is_heard(self, stage):
        "So that the refusals below are for the signature alone."
        assert await self.posted(stage.slack.request_url, sign(stage.slack.signing_secret, self.BODY)) == 200
        assert (await stage.case()).title == "偽の案件"

    @pytest.mark.parametrize(
        "forged",
        [
            pytest.param(lambda secret, body: {}, id="unsigned"),
            pytest.param(lambda secret, body: sign("0" * 32, body), id="another secret"),
            pytest.param(lambda secret, body: sign(secret, body + b"&x=1"), id="another body"),
            pytest.param(lambda secret, body: sign(secret, body, wall_seconds() - 301), id="too old"),
            pytest.param(lambda secret, body: sign(secret, body) | {"x-slack-signature": ""}, id="empty"),
            pytest.param(
                lambda secret, body: sign(secret, body) | {"x-slack-request-timestamp": "soon"}, id="no timestamp"
            ),
        ],
    )
    async def test_anything_else_is_401(self, stage, forged):
        status = await self.posted(stage.slack.request_url, forged(stage.slack.signing_secret, self.BODY))

        assert status == 401
        assert await stage.bot.desk.unclosed() == []

    async def test_the_request_url_can_be_verified(self, stage):
        "Slack's handshake when the address is entered in the app's settings."
        assert await stage.slack.inbound.verify_url()

    async def test_in_socket_mode_nothing_is_heard_over_http(self, tmp_path):
        async with staged(tmp_path, http=False) as stage:
            status = await self.posted(f"{stage.bot.address}/slack/events", sign(stage.slack.signing_secret, self.BODY))

            assert status == 503
            assert await stage.bot.desk.unclosed() == []


@pytest.mark.parametrize("times", TIMES)
class TestTheSamePayload:
    """Twice or ten times, at once: the effect of one."""

    async def test_a_post_opens_one_case_with_one_card(self, stage, times):
        stage.slack.inbound.duplicate(times)
        post = await stage.post()
        await stage.slack.wait_for(lambda: stage.slack.inbound.pending == 0)
        await stage.settle()

        assert await stage.kinds() == ["case_opened"]
        assert [m.thread_ts for m in stage.slack.messages(SEV_A, replies=True)] == [None, post.ts]
        assert stage.slack.ephemerals(YUKI) == []

    async def test_a_mention_is_done_once_and_answered_once(self, stage, times):
        case = await stage.open_case()
        stage.slack.inbound.duplicate(times)
        await stage.ken.post(SEV_A, "@jibungoto suspect firewall 拒否ログ 312 件", thread_ts=case.thread)
        await stage.slack.wait_for(lambda: stage.slack.inbound.pending == 0)
        await stage.settle()

        assert await stage.kinds() == ["case_opened", "finding_reported"]
        assert len(stage.said_in(case)) == 1
        assert len(stage.slack.ephemerals(KEN)) == 1

    async def test_a_slash_command(self, stage, times):
        await stage.open_case()
        acks = await delivered(stage, "slash_commands", slash(stage, MEI, "note 1 再起動した"), times)

        assert await stage.kinds() == ["case_opened", "note_added"]
        assert {ack.body["text"] for ack in acks} == {acks[0].body["text"]}

    async def test_a_slash_opening(self, stage, times):
        await delivered(stage, "slash_commands", slash(stage, MEI, "open A 基幹バッチが停止"), times)

        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]
        assert len(stage.slack.messages(SEV_A, replies=True)) == 2

    async def test_a_click(self, stage, times):
        case = await stage.open_case()
        click = stage.slack.interactions.click_in_message(stage.ken.person, stage.card(case), {
            "type": "button", "action_id": "swarm", "block_id": "1/rest", "value": "1",
        })  # fmt: skip
        acks = await delivered(stage, "interactive", click, times)

        assert [ack.ok for ack in acks] == [True] * times
        assert await stage.kinds() == ["case_opened", "help_called"]
        assert len(stage.said_in(case)) == 1

    async def test_a_claim_is_answered_as_won_each_time(self, stage, times):
        "The second copy of the winner's own click does not tell them that they lost."
        await stage.open_case()
        acks = await delivered(stage, "slash_commands", slash(stage, KEN, "claim 1 firewall"), times)

        assert await stage.kinds() == ["case_opened", "area_claimed"]
        assert {ack.body["text"] for ack in acks} == {acks[0].body["text"]}
        assert "join" not in acks[0].body["text"]

    async def test_a_form(self, stage, times):
        case = await stage.open_case()
        await stage.on_card(YUKI, case, "contacted")
        view = stage.yuki.view
        values = {"said": "確認中です", "next_at": "9:40", "next_action": "結果を共有"}
        for name, value in values.items():
            view["state"]["values"].setdefault(name, {})["value"] = {"type": "plain_text_input", "value": value}
        payload = stage.slack.interactions.submission(stage.yuki.person, view)
        acks = await delivered(stage, "interactive", payload, times)

        assert [ack.body for ack in acks] == [{"response_action": "clear"}] * times
        assert await stage.kinds() == ["case_opened", "contact_made", "next_contact_promised"]

    async def test_a_form_that_opens_a_case(self, stage, times):
        await stage.hana.command("/sev", "open", channel=SEV_A)
        view = stage.hana.view
        view["state"]["values"]["title"] = {"value": {"type": "plain_text_input", "value": "基幹バッチが停止"}}
        await delivered(stage, "interactive", stage.slack.interactions.submission(stage.hana.person, view), times)

        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]
        assert len(stage.slack.messages(SEV_A, replies=True)) == 2


class TestTheSameMuchLater:
    """A copy that comes late, by another name or to the next process is a copy all the same."""

    async def test_a_copy_after_an_hour(self, stage):
        payload = slash(stage, MEI, "open A 基幹バッチが停止")
        await delivered(stage, "slash_commands", payload)
        await stage.after(hours=1)
        await delivered(stage, "slash_commands", payload)

        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]

    async def test_a_copy_after_the_area_changed_hands(self, stage):
        "The late copy of Ken's claim does not take the area back from Mei."
        await stage.open_case()
        payload = slash(stage, KEN, "claim 1 firewall")
        await delivered(stage, "slash_commands", payload)
        await stage.sev(KEN, "release 1 firewall")
        await stage.sev(MEI, "claim 1 firewall")
        await delivered(stage, "slash_commands", payload)

        assert area(await stage.case(), "firewall").holder == MEI

    async def test_one_message_as_two_events(self, stage):
        "Subscribed to both, Slack tells a mention as `message` and as `app_mention`, with different event ids."
        case = await stage.open_case()
        said = await stage.ken.post(SEV_A, "@jibungoto note 再起動した", thread_ts=case.thread)
        mention = event("app_mention", user=KEN, text=said.text, ts=said.ts, channel=SEV_A, thread_ts=case.thread)
        (ack,) = await delivered(stage, "events_api", mention)

        assert ack.ok
        assert await stage.kinds() == ["case_opened", "note_added"]

    @pytest.mark.parametrize("http", [True, False])
    async def test_a_copy_to_the_next_process(self, tmp_path, http):
        async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
            slack.clock.freeze(NINE)
            async with staged(tmp_path, slack=slack, http=http) as stage:
                case = await stage.open_case()
                payload = slash(stage, MEI, "swarm 1 手が足りません")
                await delivered(stage, "slash_commands", payload)
            async with staged(tmp_path, slack=slack, http=http) as stage:
                await delivered(stage, "slash_commands", payload)

                assert await stage.kinds() == ["case_opened", "help_called"]
                assert len(stage.said_in(case)) == 1


class TestWhatIsNotForUs:
    """Everything Slack sends is acked, or it would come again and again."""

    @pytest.mark.parametrize(
        "payload",
        [
            event("reaction_added", user=KEN, reaction="eyes", item={"type": "message", "channel": SEV_A, "ts": "1.2"}),
            event("member_joined_channel", user=KEN, channel=SEV_A, channel_type="C", team="T0JIBUN"),
            event("channel_archive", user=KEN, channel=SEV_A),
            event("team_join", user={"id": "U99NEW", "team_id": "T0JIBUN"}),
            event("tokens_revoked", tokens={"bot": []}),
            event("an_event_of_next_year", strange=["things", {"and": None}]),
            event("app_home_opened", user=KEN, channel="D04KEN", tab="messages"),
            *(
                event("message", subtype=subtype, channel=SEV_A, channel_type="channel", ts="1795478400.000901",
                      user=KEN, text="[SevA] 店舗POSに接続できない")
                for subtype in ("channel_join", "me_message", "channel_topic", "bot_message", "huddle_thread")
            ),
        ],
        ids=lambda payload: payload["event"].get("subtype") or payload["event"]["type"],
    )  # fmt: skip
    async def test_an_event_that_nobody_listens_for(self, stage, payload):
        (ack,) = await delivered(stage, "events_api", payload)

        assert ack.ok
        assert await stage.bot.desk.unclosed() == []

    async def test_edits_and_deletions(self, stage):
        talk = await stage.post("[SevB] 管理画面が遅い")
        await stage.yuki.edit(talk, "[SevA] 管理画面が遅い")
        await stage.yuki.delete(talk)
        await stage.slack.wait_for(lambda: stage.slack.inbound.pending == 0)

        assert await stage.bot.desk.unclosed() == []

    async def test_a_button_of_another_time(self, stage):
        "A message of an older release may hold buttons that mean nothing now."
        case = await stage.open_case()
        click = stage.slack.interactions.click_in_message(stage.ken.person, stage.card(case), {
            "type": "button", "action_id": "no_such_act", "block_id": "x", "value": "1",
        })  # fmt: skip
        (ack,) = await delivered(stage, "interactive", click)

        assert ack.ok
        assert await stage.kinds() == ["case_opened"]

    @pytest.mark.parametrize("value", ["42 firewall", "firewall; drop", "", "９９９ x", "1 no-such-area"])
    async def test_a_forged_value_changes_nothing(self, stage, value):
        case = await stage.open_case()
        click = stage.slack.interactions.click_in_message(stage.ken.person, stage.card(case), {
            "type": "button", "action_id": "claim", "block_id": "x", "value": value,
        })  # fmt: skip
        (ack,) = await delivered(stage, "interactive", click)

        assert ack.ok
        assert await stage.kinds() == ["case_opened"]
        assert len(stage.slack.ephemerals(KEN)) == 1

    async def test_a_form_of_another_time(self, stage):
        view = {"id": "V0OLD", "type": "modal", "callback_id": "no_such_form", "private_metadata": "", "hash": "1.x",
                "state": {"values": {}}, "blocks": []}  # fmt: skip
        payload = {"type": "view_submission", "team": {"id": "T0JIBUN"}, "user": {"id": KEN, "team_id": "T0JIBUN"},
                   "view": view, "api_app_id": "A00APP", "token": "t"}  # fmt: skip
        (ack,) = await delivered(stage, "interactive", payload)

        assert ack.ok
        assert ack.body["response_action"] == "push"

    async def test_readiness_is_green_all_the_while(self, stage):
        await stage.open_case()
        async with aiohttp.ClientSession() as session, session.get(f"{stage.bot.address}/readyz") as answer:
            assert answer.status == 200
            assert json.loads(await answer.text())["ok"] is True
        assert (await stage.case()).next_due == tokyo("9:15")
