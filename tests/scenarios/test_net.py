"""The net: what lies at Slack beforehand tells the owner once when the bot is no more, and nobody while it lives."""

from datetime import timedelta

import aiohttp
import pytest

from tests.stage import BOB, HANA, KEN, NINE, SEV_A, SEV_A_EN, STORE_POS, TEAM, YUKI, in_japanese, staged, tokyo

NETTED = TEAM.replace("scheduled = false", "scheduled = true")
BY_CALL = "contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, toml=NETTED) as stage:
        yield stage


def lying(slack):
    """What waits at Slack: where, and at which Tokyo time it would be posted."""
    waiting = sorted(slack.schedule.waiting.values(), key=lambda one: one.post_at)
    whose = {slack.state.dm(person).id: person for person in (YUKI, BOB, HANA, KEN)}
    return [(whose.get(one.channel, one.channel), f"{one.post_at.astimezone(NINE.tzinfo):%H:%M}") for one in waiting]


def nets_said(slack, who):
    return [
        message for message in slack.dms(who) if "ジブンゴトが停止" in message.text or "may be down" in message.text
    ]


class TestWhileTheBotLives:
    async def test_each_promise_lies_ten_minutes_after_it_is_due(self, stage):
        case = await stage.open_case()
        assert lying(stage.slack) == [(YUKI, "09:25")]

        await stage.mention(YUKI, case, BY_CALL)

        assert lying(stage.slack) == [(YUKI, "09:50")]

    async def test_the_owner_sees_reminders_and_never_the_net(self, stage):
        await stage.open_case()

        for minute in range(1, 60):
            await stage.at(f"09:{minute:02}")

        assert nets_said(stage.slack, YUKI) == []
        assert len(stage.said_to(YUKI)) == 3
        assert lying(stage.slack) == []

    async def test_it_is_never_asked_back_later_than_ten_minutes_ahead(self, stage):
        case = await stage.open_case()
        for minute in range(1, 40):
            await stage.at(f"09:{minute:02}")
            if minute == 12:
                await stage.mention(YUKI, case, BY_CALL)
        await stage.mention(YUKI, case, "resolve 復旧しました")

        assert lying(stage.slack) == []
        withdrawn = [call for call in stage.slack.calls() if call.method == "chat.deleteScheduledMessage"]
        assert withdrawn
        assert all(call.error is None for call in withdrawn)
        assert min(ahead(stage, call) for call in withdrawn) >= timedelta(minutes=10)

    @pytest.mark.parametrize(
        "ending",
        [
            pytest.param("resolve 復旧しました", id="resolved"),
            pytest.param("close anyway お客様都合で終了", id="closed"),
            pytest.param("contacted 電話 お伝えしました / next 9:55 次の結果", id="contacted"),
            pytest.param("next 9:55 reason: お客様と合意", id="moved"),
        ],
    )
    async def test_what_is_over_or_moved_leaves_no_stray(self, stage, ending):
        case = await stage.open_case()
        await stage.mention(YUKI, case, BY_CALL)

        await stage.mention(YUKI, case, ending)

        assert lying(stage.slack) == ([(YUKI, "10:05")] if "9:55" in ending else [])

    async def test_after_a_handover_it_lies_with_the_new_owner_alone(self, stage):
        case = await stage.open_case()

        await stage.mention(YUKI, case, "handoff @hana 引き継ぎ")
        await stage.mention(HANA, case, "accept まずお電話")

        assert lying(stage.slack) == [(HANA, "09:25")]

    async def test_a_near_promise_is_laid_so_late_that_it_can_be_withdrawn(self, stage):
        case = await stage.open_case()

        await stage.mention(YUKI, case, "contacted 電話 確認中 / next 9:01 すぐ折り返し")

        assert lying(stage.slack) == [(YUKI, "09:16")]

    async def test_without_an_owners_direct_messages_it_lies_in_the_thread(self, stage):
        stage.slack.close_dms()
        await stage.open_case()

        assert lying(stage.slack) == [(SEV_A, "09:25")]

    async def test_no_net_carries_metadata(self, stage):
        await stage.open_case()

        (call,) = [call for call in stage.slack.calls() if call.method == "chat.scheduleMessage"]
        assert "metadata" not in call.args

    async def test_slacks_thirty_in_five_minutes_are_kept(self, stage):
        for number in range(32):
            await stage.post(f"[SevA] 店舗 {number} のPOSが停止")

        assert [at for _, at in lying(stage.slack)] == ["09:25"] * 30 + ["09:30"] * 2
        assert [call.error for call in stage.slack.calls() if call.error] == []


class TestWhenTheBotIsGone:
    @pytest.mark.parametrize(
        ("channel", "who", "word"), [(SEV_A, YUKI, "西日本|店舗POS"), (SEV_A_EN, BOB, "POS is down")]
    )
    async def test_for_good_the_owner_is_told_once_per_promise(self, slack, tmp_path, channel, who, word):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            text = STORE_POS if channel == SEV_A else "[SevA] POS is down"
            case = await stage.open_case(text, channel=channel, who=who)
            await stage.mention(who, case, "next 40m send the logs")

        slack.clock.set(tokyo("+1 09:00"))

        told = nets_said(slack, who)
        assert [f"{message.at.astimezone(NINE.tzinfo):%H:%M}" for message in told] == ["09:25", "09:50"]
        for message in told:
            assert "SEV-1" in message.text
            assert any(part in message.text for part in word.split("|"))
            assert in_japanese(message.text) == (who == YUKI)
        assert slack.schedule.waiting == {}

    async def test_whoever_comes_back_says_it_late_and_once(self, slack, tmp_path):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.open_case()
        slack.clock.set(tokyo("09:40"))

        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.settle()
            for minute in range(41, 59):
                await stage.at(f"09:{minute}")

        assert len(nets_said(slack, YUKI)) == 1
        late = [message for message in slack.dms(YUKI) if "遅れ" in message.text]
        assert len(late) == 1
        assert lying(slack) == []

    async def test_a_restart_changes_nothing_that_lies(self, slack, tmp_path):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.open_case()
        before = dict(slack.schedule.waiting)

        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.settle()

        assert slack.schedule.waiting == before


class TestReconciling:
    async def test_what_somebody_removed_is_made_anew_and_what_nobody_knows_goes(self, slack, tmp_path):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.open_case()
        (known,) = slack.schedule.waiting.values()
        other_case = known.args["text"].replace("SEV-1", "SEV-7")
        stranger = {"channel": YUKI, "text": other_case, "post_at": known.args["post_at"]}
        another = {"channel": SEV_A, "text": "Lunch?", "post_at": known.args["post_at"]}
        await scheduled(slack, stranger)
        await scheduled(slack, another)
        del slack.schedule.waiting[known.id]

        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.settle()

        assert lying(slack) == [(SEV_A, "09:25"), (YUKI, "09:25")]

    async def test_a_crash_between_laying_and_writing_it_down_doubles_nothing(self, slack, tmp_path):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.open_case()
            store = stage.bot.store
            (laid,) = await store.read(lambda q: q.nets())
            await store.write(lambda tx: tx.settle_net(laid.seq, None, None))

        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.settle()
            (again,) = await stage.bot.store.read(lambda q: q.nets())

        assert again == laid
        assert lying(slack) == [(YUKI, "09:25")]

    async def test_a_lost_answer_is_looked_for(self, stage):
        stage.slack.faults.add("chat.scheduleMessage", "drop_after")

        await stage.open_case()
        await stage.after(seconds=31)

        assert lying(stage.slack) == [(YUKI, "09:25")]
        assert len(await stage.bot.store.read(lambda q: q.nets())) == 1

    async def test_switched_off_everything_is_withdrawn(self, slack, tmp_path):
        async with staged(tmp_path, toml=NETTED, slack=slack) as stage:
            await stage.open_case()

        async with staged(tmp_path, toml=TEAM, slack=slack) as stage:
            await stage.settle()

        assert lying(slack) == []


def ahead(stage, call):
    """How long before its posting a message was asked back: its time is what its laying was asked for."""
    name = call.args["scheduled_message_id"]
    (laid,) = [c for c in stage.slack.calls("chat.scheduleMessage") if c.answer.get("scheduled_message_id") == name]
    return timedelta(seconds=int(laid.args["post_at"]) - call.at.timestamp())


async def scheduled(slack, message):
    """Something else that was laid with the bot's token."""
    address, headers = slack.api_url.rstrip("/"), {"Authorization": f"Bearer {slack.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as web,
        web.post(f"{address}/chat.scheduleMessage", json=message) as answer,
    ):
        assert (await answer.json())["ok"]
