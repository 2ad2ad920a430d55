"""Delivery: answers that were lost and places that take nothing. Somebody always hears it, and nothing is tried for
ever."""

import asyncio
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.errors import NothingParked, NotYoursToRetry
from bot.domain.messages import OfferHandoff
from bot.domain.values import DeliveryId
from tests.stage import ALEX, HANA, KEN, MEI, MEMBER, NAOKO, SEV_A, SEV_A_EN, STORE_POS, TEAM, YUKI, staged, tokyo

WITH_ADMIN = TEAM.replace('backup = ["U03HANA"]', f'backup = ["U03HANA"]\nadmin = "{NAOKO}"').replace(
    'language = "en"', f'language = "en"\nadmin = "{NAOKO}"'
)
REPEAT = {"ja": "同じお知らせが重なっている場合があります", "en": "This may be a repeat"}
ENGLISH = "[SevA] Stores can't reach the POS server"


@pytest.fixture
async def stage(tmp_path):
    """The team with an admin."""
    async with staged(tmp_path, toml=WITH_ADMIN) as stage:
        yield stage


def posts(stage, error=None):
    return [call for call in stage.slack.calls("chat.postMessage") if call.error == error]


async def parked(stage):
    return [one.reason for one in await stage.bot.desk.parked()]


def unreadable(stage, how):
    """From now on nobody can look for a lost message."""
    if how == "no scope":
        for method in ("conversations.history", "conversations.replies"):
            stage.slack.faults.add(method, "error:missing_scope", times=None)
        return
    for method in ("conversations.history", "conversations.replies"):
        stage.slack.faults.add(method, "error:not_in_channel", times=None)


# ---------------------------------------------------------------- the answer was lost


@pytest.mark.parametrize("how", ["no scope", "not readable"])
@pytest.mark.parametrize(("channel", "owner", "text"), [(SEV_A, YUKI, STORE_POS), (SEV_A_EN, ALEX, ENGLISH)])
async def test_a_reminder_that_nobody_can_look_for_is_repeated_and_says_so(stage, how, channel, owner, text):
    case = await stage.open_case(text, channel, owner)
    await stage.at("09:14")
    told, below = len(stage.said_to(owner)), len(stage.said_in(case))
    unreadable(stage, how)
    for place in (owner, channel):
        stage.slack.faults.add("chat.postMessage", "drop_after", channel=place)

    await stage.at("09:15")
    for _ in range(3):
        await stage.after(seconds=30)

    first, again = stage.said_to(owner)[told:]
    assert REPEAT[case.language] not in first.text
    assert REPEAT[case.language] in again.text
    assert REPEAT[case.language] in json.dumps(again.blocks, ensure_ascii=False)
    first, again = stage.said_in(case)[below:]
    assert [REPEAT[case.language] in said.text for said in (first, again)] == [False, True]


async def test_news_that_nobody_can_look_for_is_not_said_twice_and_a_person_sees_it(stage):
    case = await stage.open_case()
    unreadable(stage, "no scope")
    stage.slack.faults.add("chat.postMessage", "drop_after", channel=SEV_A)

    await stage.mention(KEN, case, "suspect network 拒否ログあり")
    for _ in range(3):
        await stage.after(seconds=30)

    assert len([said for said in stage.said_in(case) if "拒否ログあり" in said.text]) == 1
    (reason,) = await parked(stage)
    assert "nobody can look" in reason
    assert "missing_scope" in reason


async def test_a_card_that_nobody_can_look_for_is_not_posted_twice(stage):
    unreadable(stage, "no scope")
    stage.slack.faults.add("chat.postMessage", "drop_after", channel=SEV_A)

    message = await stage.post()
    for _ in range(3):
        await stage.after(seconds=30)

    assert len(stage.slack.thread(SEV_A, message.ts)) == 2
    (reason,) = await parked(stage)
    assert "nobody can look" in reason


async def test_what_slack_shows_late_is_not_said_twice(stage):
    """It is looked for again after a pause: a read may lag behind a write."""
    case = await stage.open_case()
    await stage.at("09:14")
    told = len(stage.said_to(YUKI))
    stage.slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)
    stage.slack.clock.set(tokyo("09:15"))
    await stage.bot.settle()
    late = stage.said_to(YUKI)[-1]
    hidden = stage.slack.state.posts[late.channel].pop(late.ts)
    await stage.after(seconds=3)
    assert len(stage.slack.calls("conversations.history")) == 1
    stage.slack.state.posts[late.channel][late.ts] = hidden
    for _ in range(3):
        await stage.after(seconds=10)

    assert len(stage.said_to(YUKI)) == told + 1
    assert len(stage.slack.calls("conversations.history")) == 2
    assert (await stage.case()).number == case.number


async def test_a_revoked_token_is_no_reason_to_repeat(stage):
    await stage.open_case()
    stage.slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)
    stage.slack.clock.set(tokyo("09:15"))
    await stage.bot.settle()
    await stage.slack.revoke_token()
    await stage.after(minutes=2)
    stage.slack.revoked.clear()
    for _ in range(2):
        await stage.after(minutes=2)

    (said,) = stage.said_to(YUKI)
    assert REPEAT["ja"] not in said.text


# ---------------------------------------------------------------- the place is broken


async def test_an_owner_who_takes_no_messages_is_named_in_the_thread_and_the_card_says_so_until_it_works(stage):
    case = await stage.open_case()
    await stage.mention(YUKI, case, "contacted 電話 確認中 / next 9:40 結果を共有")
    stage.slack.faults.add("chat.postMessage", "error:messages_tab_disabled", channel=YUKI, times=None)

    await stage.at("09:30")
    case = await stage.case()
    before = stage.said_in(case)[-1]
    assert before.pings == {YUKI}
    assert "ダイレクトメッセージが届きません" in before.text
    assert "ダイレクトメッセージが届きません" in stage.card(case).text
    assert "messages_tab_disabled" in stage.card(case).text
    assert "messages_tab_disabled" in await stage.sev(MEI, "show 1")
    assert YUKI not in case.told

    stage.slack.faults.clear()
    await stage.at("09:40")

    assert "届きません" not in stage.card(case).text
    assert [kind for kind in await stage.kinds() if kind.startswith("place")] == ["place_lost", "place_found"]


async def test_where_the_owner_hears_nothing_at_the_due_time_the_backup_hears_it_at_once(stage):
    case = await stage.open_case()
    stage.slack.faults.add("chat.postMessage", "error:messages_tab_disabled", channel=YUKI, times=None)

    await stage.at("09:15")

    (told,) = stage.said_to(HANA)
    assert f"<@{YUKI}> さんにお知らせが届かないため" in told.text
    assert stage.said_in(case)[-1].pings >= {YUKI}, "the thread names the owner all the same"


async def test_where_the_backup_hears_nothing_the_channel_hears_it_at_once(stage):
    case = await stage.open_case()
    stage.slack.faults.add("chat.postMessage", "error:messages_tab_disabled", channel=HANA, times=None)

    await stage.at("09:20")

    call = next(said for said in stage.said_in(case) if "届きません" in said.text)
    assert call.broadcast
    assert HANA not in (await stage.case()).told


BROKEN = {
    "archived": (lambda slack: slack.archive(SEV_A), "is_archived"),
    "deleted": (lambda slack: slack.delete_channel(SEV_A), "channel_not_found"),
    "without the bot": (lambda slack: slack.kick_bot(SEV_A), "not_in_channel"),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_where_neither_owner_nor_channel_can_be_reached_the_admin_is_told(stage, how):
    await stage.open_case()
    breaks, error = BROKEN[how]
    await breaks(stage.slack)
    stage.slack.faults.add("chat.postMessage", "error:messages_tab_disabled", channel=YUKI, times=None)
    stage.slack.faults.add("chat.postMessage", "error:messages_tab_disabled", channel=HANA, times=None)

    await stage.at("09:15")
    (told,) = stage.said_to(NAOKO)
    for _ in range(10):
        await stage.after(minutes=30)

    assert "SEV-1" in told.text
    assert f"<@{YUKI}>" in told.text
    shown = await stage.sev(YUKI, "show 1", channel=SEV_A_EN)
    assert "この案件のチャンネルに投稿できません" in shown
    assert len(posts(stage, error)) <= 15, "each is tried in each place once"
    assert any(error in reason for reason in await parked(stage))


async def test_a_case_whose_first_message_can_not_be_posted_reminds_its_people_all_the_same(stage):
    stage.slack.faults.add("chat.postMessage", "error:is_archived", channel=SEV_A, times=None)
    await stage.sev(YUKI, "open A 店舗POSに接続できない")
    told = len(stage.said_to(YUKI))

    for moment in ("09:15", "09:20", "09:25"):
        await stage.at(moment)

    assert told == 1, "the owner has what the channel did not take"
    assert len(stage.said_to(YUKI)) >= 2
    assert len(stage.said_to(HANA)) == 2, "as the backup, and in place of the channel"
    backlog = await stage.bot.store.read(lambda q: q.backlog(stage.slack.clock.now()))
    assert backlog == timedelta(0), "nothing waits for a thread that never comes"


async def test_a_thread_that_takes_no_replies_is_left_for_its_channel(stage):
    case = await stage.open_case()
    stage.slack.faults.add("chat.postMessage", "error:restricted_action_thread_locked", channel=SEV_A, times=1)

    await stage.at("09:15")

    (said,) = [message for message in stage.slack.messages(SEV_A) if message.user == stage.slack.bot_user_id]
    assert "SEV-1" in said.text
    assert case.thread is not None


async def test_a_deactivated_owner_leaves_the_case_to_the_channel(stage):
    await stage.open_case()
    stage.slack.state.people[YUKI] = stage.slack.state.people[YUKI].__class__(
        **{**vars(stage.slack.state.people[YUKI]), "deleted": True}
    )

    await stage.at("09:15")

    case = await stage.case()
    assert case.owner is None
    assert any(said.broadcast for said in stage.said_in(case))


# ---------------------------------------------------------------- nothing is tried for ever


async def test_a_place_in_trouble_for_days_is_given_up_and_said_so(stage):
    case = await stage.open_case()
    await stage.bot.desk.handle(OfferHandoff(delivery=DeliveryId("offer"), by=YUKI, case=case.number, to=KEN), MEMBER)
    stage.slack.faults.add("chat.postMessage", "http_503", channel=KEN, times=None)
    for _ in range(40):
        await stage.after(hours=2)
    tried = len([call for call in stage.slack.calls("chat.postMessage") if call.args["channel"] == KEN])
    await stage.after(hours=24)

    assert any("given up" in reason and "503" in reason for reason in await parked(stage))
    assert len([call for call in stage.slack.calls("chat.postMessage") if call.args["channel"] == KEN]) == tried


async def test_one_case_that_can_not_be_read_holds_up_no_other(stage, tmp_path):
    await stage.open_case()
    await stage.open_case("[SevA] 倉庫システムが停止", who=HANA)
    stage.slack.clock.set(tokyo("09:15"))
    await stage.bot.desk.reach_due()
    await stage.bot.store.write(
        lambda tx: tx._run("UPDATE cases SET document = json_remove(document, '$.terms') WHERE number = 1")
    )

    await stage.bot.courier.deliver_due()

    assert len(stage.said_to(HANA)) >= 1
    assert any("can't be read" in reason for reason in await parked(stage))


async def test_one_letter_that_can_not_be_read_holds_up_no_other(stage):
    await stage.open_case()
    stage.slack.clock.set(tokyo("09:15"))
    await stage.bot.desk.reach_due()
    await stage.bot.store.write(
        lambda tx: tx._run("UPDATE outbox SET document = '{}' WHERE state = 'pending' AND place = 'thread'")
    )

    await stage.bot.courier.deliver_due()

    assert len(stage.said_to(YUKI)) == 1
    assert any("letter can't be read" in reason for reason in await parked(stage))


# ---------------------------------------------------------------- a person tries again


def home(person):
    return json.dumps(person.home["blocks"], ensure_ascii=False)


def buttons(person):
    """The values of the buttons that send something again."""
    return [b["accessory"]["value"] for b in person.home["blocks"] if "/parked/" in b.get("block_id", "")]


async def lost_news(stage):
    """A handover brief that reached neither Ken nor the thread, on Yuki's case."""
    case = await stage.open_case()
    for who in (stage.yuki, stage.mei, stage.naoko):
        await who.open_home()
    await stage.settle()
    for place in (KEN, SEV_A, YUKI, NAOKO):
        stage.slack.faults.add("chat.postMessage", "error:restricted_action", channel=place, times=None)
    await stage.mention(YUKI, case, "handoff @ken 交代をお願い")
    await stage.after(seconds=5)
    stage.slack.faults.clear()
    return case


async def test_the_owner_and_the_admin_have_it_on_their_home_tabs_and_send_it_again(stage):
    await lost_news(stage)

    assert "届けられなかったお知らせ" in home(stage.yuki)
    assert "restricted_action" in home(stage.yuki)
    assert "restricted_action" in home(stage.naoko)
    assert "restricted_action" not in home(stage.mei)
    before = len(await parked(stage))
    await _send_all_again(stage, stage.yuki)

    assert before >= 1
    assert await parked(stage) == []
    assert any("交代をお願い" in said.text for said in stage.said_to(KEN))
    assert "restricted_action" not in home(stage.yuki)


async def _send_all_again(stage, person):
    for value in buttons(person):
        await person.click(person.home, "retry", value=value)
        await stage.settle()
        await stage.after(seconds=3)


async def jibungoto(stage, folder, *words):
    """What the command line says, beside the running bot, and its exit code."""
    env = {
        "JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"),
        "JIBUNGOTO_CONFIG": str(folder / "jibungoto.toml"),
        "SLACK_BOT_TOKEN": stage.slack.bot_token,
        "SLACK_SIGNING_SECRET": stage.slack.signing_secret,
        "SLACK_API_URL": stage.slack.api_url,
    }
    done = await asyncio.to_thread(CliRunner().invoke, app, list(words), env=env)
    return done.output, done.exit_code


async def test_an_operator_finds_it_with_doctor_and_retry_and_sends_it_again(stage, tmp_path):
    await lost_news(stage)
    lost = await stage.bot.desk.parked()
    ids = [one.id for one in lost]
    brief = next(one.id for one in lost if one.what.endswith(f"/person:{KEN}"))

    found, _ = await jibungoto(stage, tmp_path, "doctor")
    listed, _ = await jibungoto(stage, tmp_path, "retry")
    one, code = await jibungoto(stage, tmp_path, "retry", brief[:8])
    unknown, unknown_code = await jibungoto(stage, tmp_path, "retry", "0000ffff")
    wrong, wrong_code = await jibungoto(stage, tmp_path, "retry", "SEV-1")
    await stage.settle()

    assert all(id[:8] in found and id[:8] in listed for id in ids)
    assert "restricted_action" in found
    assert ("1 to be tried again" in one, code) == (True, 0)
    assert (unknown_code, "Nothing is parked under" in unknown) == (1, True)
    assert (wrong_code, "is no id" in wrong) == (2, True)
    assert any("交代をお願い" in said.text for said in stage.said_to(KEN))
    await jibungoto(stage, tmp_path, "retry", "all")
    await stage.settle()
    assert await parked(stage) == []


async def test_nobody_else_can_send_it_again(stage):
    await lost_news(stage)
    left = len(await parked(stage))
    number, id = buttons(stage.yuki)[0].split()

    with pytest.raises(NotYoursToRetry):
        await stage.bot.desk.retry(id, int(number), MEI)
    with pytest.raises(NothingParked):
        await stage.bot.desk.retry("0" * 32, int(number), YUKI)
    assert len(await parked(stage)) == left
