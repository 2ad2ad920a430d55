"""The report of a case in its thread: at the end by itself, and whenever somebody asks."""

import pytest

from bot.domain.access import ITSELF
from bot.domain.messages import MarkShared
from bot.domain.values import DeliveryId, UserId
from tests.stage import BOB, KEN, MEI, SEV_A, SEV_A_EN, TEAM, YUKI, staged

BY_ITSELF = TEAM.replace("report_on_close = false", "report_on_close = true").replace(
    "[[channels]]", '[[channels]]\nadmin = "U07NAOKO"'
)


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, toml=BY_ITSELF) as stage:
        yield stage


def reports(stage, case):
    """The messages of the thread that share files."""
    return [message for message in stage.thread(case) if message.files]


def content(stage, message, ending):
    (file,) = [file for file in message.files if file["name"].endswith(ending)]
    return stage.slack.files.all[file["id"]].content


async def ended(stage, channel=SEV_A):
    case = await stage.open_case(channel=channel)
    await stage.sev(KEN, "claim 1 firewall", channel)
    await stage.sev(YUKI, "contacted 1 phone 確認中です / next 9:40 ログの結果を共有", channel)
    await stage.after(minutes=20)
    await stage.sev(KEN, "cause 1 firewall 規則の漏れ", channel)
    await stage.sev(YUKI, "resolve 1 規則を修正", channel)
    await stage.sev(YUKI, "contacted 1 phone 復旧しました", channel)
    return case


async def test_a_closed_case_brings_its_report(stage):
    case = await ended(stage)

    answer = await stage.sev(YUKI, "close 1")

    (message,) = reports(stage, case)
    said = "\n".join(block["text"]["text"] for block in message.blocks)
    text = content(stage, message, ".md").decode()
    page = content(stage, message, ".html").decode()
    assert "終了" in answer
    assert [file["title"] for file in message.files] == [
        "SEV-1 の経過図", "SEV-1 報告書(HTML)", "SEV-1 報告書(Markdown)",
    ]  # fmt: skip
    assert "SEV-1 の報告" in said
    assert "原因特定まで: 20分" in said
    assert content(stage, message, ".png").startswith(b"\x89PNG")
    assert "# 報告書: SEV-1" in text
    assert "規則の漏れ" in text
    assert stage.slack.state.people[KEN].real_name in text
    assert KEN not in text + page
    assert "<svg" in page
    assert message.files[0]["alt_txt"]


@pytest.mark.parametrize("words", ["report 1", "報告 1", "レポート 1", "報告書 1"])
async def test_it_is_asked_for_by_slash(stage, words):
    case = await stage.open_case()

    answer = await stage.sev(MEI, words)

    assert answer.startswith("SEV-1: 報告書をスレッドに掲載します。")
    assert len(reports(stage, case)) == 1
    assert (await stage.case()).people == (), "who wants to read of it is not in it"


async def test_it_is_asked_for_by_mention_and_by_button(stage):
    case = await ended(stage)
    await stage.mention(MEI, case, "レポート")
    await stage.sev(YUKI, "close 1")

    answer = await stage.on_card(KEN, case, "report")

    assert "報告書をスレッドに掲載します。" in answer
    assert len(reports(stage, case)) == 3


async def test_in_an_english_channel_it_is_english(stage):
    case = await ended(stage, SEV_A_EN)

    answer = await stage.sev(BOB, "report 1", SEV_A_EN)

    (message,) = reports(stage, case)
    text = content(stage, message, ".md").decode()
    assert "SEV-1: the report is being put into the thread." in answer
    assert "# Report: SEV-1" in text
    assert "All times are GMT" in text
    assert [file["title"] for file in message.files][1] == "Report of SEV-1 (page)"


async def test_where_it_is_switched_off_nothing_comes_by_itself(tmp_path):
    async with staged(tmp_path) as stage:
        case = await ended(stage)
        await stage.sev(YUKI, "close 1")
        assert reports(stage, case) == []


# ---------------------------------------------------------------- trouble


async def test_a_lost_answer_is_looked_for_and_nothing_is_said_twice(stage):
    case = await ended(stage)
    stage.slack.faults.add("files.completeUploadExternal", "drop_after")

    await stage.sev(YUKI, "close 1")
    for _ in range(4):
        await stage.after(seconds=30)

    assert len(reports(stage, case)) == 1
    assert await stage.bot.desk.parked() == []


@pytest.mark.parametrize("kind", ["drop_before", "429", "http_500"])
@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_what_fails_on_the_way_is_tried_again(stage, step, kind):
    case = await ended(stage)
    stage.slack.faults.add(step, kind)

    await stage.sev(YUKI, "close 1")
    for _ in range(6):
        await stage.after(seconds=30)

    assert len(reports(stage, case)) == 1


async def test_without_the_scope_its_words_go_to_the_thread_and_the_admin_is_asked(stage):
    case = await ended(stage)
    object.__setattr__(stage.slack.app, "scopes", stage.slack.app.scopes - {"files:write"})

    await stage.sev(YUKI, "close 1")

    assert reports(stage, case) == []
    said = stage.said_in(case)[-1]
    assert "SEV-1 の報告" in said.text
    assert said.text.startswith("<@U07NAOKO> ファイルを添付できませんでした(missing_scope (files:write needed))")
    assert "U07NAOKO" in said.pings
    assert await stage.bot.desk.parked() == []


async def test_people_of_another_organisation_read_no_customer_data(stage):
    case = await ended(stage)
    shared = MarkShared(delivery=DeliveryId("shared"), by=UserId(""), case=case.number, shared=True)
    await stage.bot.desk.handle(shared, ITSELF)
    await stage.settle()

    await stage.sev(YUKI, "report 1")

    (message,) = reports(stage, case)
    whole = b"".join(content(stage, message, ending) for ending in (".md", ".html")).decode()
    assert "西日本リテール" not in whole
    assert "開店業務" not in whole
    assert "復旧しました" not in whole
    assert "規則の漏れ" in whole
