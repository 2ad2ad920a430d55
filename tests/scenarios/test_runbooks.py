"""Runbooks: steps written down before they were needed are offered, started, ticked off by several, and finished."""

import re

import pytest

from tests.stage import HANA, KEN, MEI, STORE_POS, TEAM, YUKI, shown, staged

LINE = """\
---
title: 回線の切替
keywords: [つながらない]
steps:
  - 影響する拠点を確認する
  - text: 予備の回線へ切り替える
    two_people: true
---
切り替える前に *必ず* <!channel> お客様へご連絡ください。
"""
BOOKS = '[runbooks]\nfolder = "books"\nexamples = false\n\n' + TEAM


@pytest.fixture
async def desk(tmp_path):
    """A team with one runbook of its own."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "line.md").write_text(LINE, encoding="utf-8")
    async with staged(tmp_path, toml=BOOKS) as stage:
        stage.folder = tmp_path
        yield stage


def messages(stage, case):
    """The messages of runs in the thread."""
    return [message for message in stage.thread(case) if message.text.startswith("SEV-") and "手順書: " in message.text]


def run_of(stage, case):
    (message,) = messages(stage, case)
    return message


async def started(stage, name="web-unreachable"):
    case = await stage.open_case()
    await stage.sev(YUKI, f"手順書 1 {name}")
    return case


# ---------------------------------------------------------------- offering and starting


async def test_those_that_fit_are_offered_to_one_person_with_a_button_each(stage):
    case = await stage.open_case()
    before = len(stage.said_in(case))

    reply = await stage.yuki.command("/sev", "手順書 1", channel=case.channel)

    buttons = [b["accessory"]["value"] for b in reply.blocks if b.get("accessory", {}).get("action_id") == "run"]
    assert buttons == ["1 web-unreachable"]
    assert "Web サーバーに接続できない · web-unreachable · 7 手順 · うち 1 件は二重確認" in reply.text
    assert "そのほか: certificate-expired、" in reply.text
    assert len(stage.said_in(case)) == before, "nobody else hears of it"


async def test_one_that_is_under_way_is_not_said_to_be_missing(stage):
    await started(stage)

    said = await stage.sev(YUKI, "手順書 1")

    assert "SEV-1 で進行中の手順書" in said
    assert "0/7 済み" in said
    assert "見つかりません" not in said


async def test_an_english_reader_is_offered_them_in_english(stage):
    await stage.open_case()
    said = await stage.sev("U06ALEX", "runbook 1")

    assert "The web server can't be reached · web-unreachable · 7 steps · 1 by two people" in said


async def test_a_suspected_area_brings_its_runbook_to_the_front(stage):
    await stage.open_case("[SevA] 店舗の回線が不安定\nお客様: 西日本リテール様")
    await stage.sev(KEN, "suspect 1 hybrid-link トンネルが切断を繰り返す。証明書の期限切れの疑い")

    reply = await stage.yuki.command("/sev", "手順書 1", channel="C01SEVJA")

    buttons = [b["accessory"]["value"] for b in reply.blocks if b.get("accessory", {}).get("action_id") == "run"]
    assert buttons == ["1 vpn-down", "1 certificate-expired"]


@pytest.mark.parametrize("way", ["more", "menu", "slash", "mention", "offer"])
async def test_one_is_started_in_every_way_and_has_one_message_in_the_thread(stage, way):
    case = await stage.open_case()
    match way:
        case "more":
            await stage.yuki.click(stage.card(case), "more")
            await stage.yuki.click(stage.yuki.view, "runbook")
            await stage.yuki.click(stage.yuki.view, "run", value="1 web-unreachable")
            await stage.settle()
            assert "0/7 済み" in str(stage.yuki.view), "the list shows what is under way now"
        case "menu":
            await stage.yuki.click(stage.card(case), "more")
            await stage.yuki.click(stage.yuki.view, "runbook")
            await stage.yuki.click(stage.yuki.view, "run-chosen", option="1 vpn-down")
            await stage.settle()
        case "slash":
            answer = await stage.sev(YUKI, "手順書 1 web")
            assert "手順書「Web サーバーに接続できない」を開始しました。7 件の手順はスレッドにあります。" in answer
        case "mention":
            await stage.mention(YUKI, case, "runbook Webサーバーに接続できない")
        case "offer":
            await stage.yuki.post(case.channel, "@jibungoto 手順書", thread_ts=case.thread)
            await stage.settle()
            await stage.yuki.click(stage.slack.ephemerals(YUKI)[-1], "run", value="1 web-unreachable")
            await stage.settle()

    (run,) = (await stage.case()).runs
    assert run.key == ("vpn-down" if way == "menu" else "web-unreachable")
    assert "0/" in run_of(stage, case).text
    assert f"手順書「{run.name_ja}」: 0/{len(run.steps)} 済み · 次: 1. " in stage.card(case).text


# ---------------------------------------------------------------- step by step


async def test_steps_are_ticked_off_by_two_people_to_the_end_on_one_message(desk):
    """Offered, started, done by Yuki, looked at by Ken; and the thread has one message more than before."""
    case = await desk.open_case("[SevA] 店舗のPOSがつながらない\nお客様: 西日本リテール様")
    offered = await desk.yuki.command("/sev", "手順書 1", channel=case.channel)
    assert "回線の切替 · line · 2 手順 · うち 1 件は二重確認" in offered.text
    await desk.sev(YUKI, "手順書 1 line")
    message = run_of(desk, case)

    await desk.yuki.click(message, "step", value="1 1 1")
    await desk.at("9:05")
    await desk.yuki.click(run_of(desk, case), "step", value="1 1 2")
    await desk.settle()
    half = run_of(desk, case)
    assert f"◐ 2. 予備の回線へ切り替える\n11/24(火) 09:05 日本時間 <@{YUKI}> さんが実施、二人目の確認待ち" in half.text
    assert "二人目の確認待ち: 2. 予備の回線へ切り替える" in desk.card(case).text

    alone = await desk.yuki.click(half, "step-confirm", value="1 1 2")
    await desk.settle()
    assert "ご自身が実施したため、二人目にはなれません" in desk.whispered(YUKI)
    assert alone.ok
    assert (await desk.case()).runs[0].running

    await desk.at("9:07")
    await desk.ken.click(run_of(desk, case), "step-confirm", value="1 1 2")
    await desk.settle()

    done = run_of(desk, case)
    assert done.ts == message.ts, "edited in place"
    assert f"09:07 日本時間 <@{KEN}> さんがすべて完了" in done.text
    assert f"09:05 日本時間 <@{YUKI}> · 11/24(火) 09:07 日本時間 <@{KEN}> さんが確認" in done.text
    assert "手順書" not in desk.card(case).text
    assert [m.ts for m in desk.said_in(case)] == [message.ts], "and nothing else was posted"
    assert (await desk.kinds())[-5:] == [
        "runbook_started", "step_done", "step_done", "step_confirmed", "runbook_finished",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["済 1", "web 1 済", "done 1", "web-unreachable done step 1", "済 手順1", "完了 1。"])
async def test_a_step_is_done_by_words(stage, line):
    case = await started(stage)
    await stage.mention(KEN, case, f"手順書 {line}")

    step = (await stage.case()).runs[0].steps[0]
    assert (step.state, step.by) == ("done", KEN)


async def test_a_step_is_taken_back_skipped_and_the_whole_stopped_by_words(stage):
    case = await started(stage)
    for line in (
        "済 1",
        "取消 1",
        "省略 2 該当する構成がないため",
        "済 3",
        "web-unreachable 中止 原因が別の箇所で判明",
    ):
        await stage.mention(KEN, case, f"手順書 {line}")

    (run,) = (await stage.case()).runs
    assert [step.state for step in run.steps[:3]] == ["open", "skipped", "done"]
    assert (run.stopped, run.ended_by) == ("原因が別の箇所で判明", KEN)
    timeline = await stage.sev(YUKI, "経過 1")
    for said in (
        "手順書「Web サーバーに接続できない」を開始",
        "手順 1「正常な拠点・端末と異常なものを一つずつ挙げ、差を書き出す」を実施",
        "差を書き出す」を取り消し(手順書",
        "」を省略(手順書「Web サーバーに接続できない」): 該当する構成がないため",
        "を中止: 原因が別の箇所で判明",
    ):
        assert said in timeline
    assert "を中止" not in run_of(stage, case).text
    assert f"<@{KEN}> さんが中止: 原因が別の箇所で判明" in run_of(stage, case).text
    assert not [b for b in run_of(stage, case).blocks if "accessory" in b or b["type"] == "actions"]


async def test_skipping_and_stopping_by_buttons_ask_for_the_reason(stage):
    case = await started(stage)
    await stage.ken.click(run_of(stage, case), "step-skip")
    await stage.ken.submit({"step": "2", "reason": "該当する構成がないため"})
    await stage.settle()
    await stage.ken.click(run_of(stage, case), "step-back", value="1 1 2")
    await stage.settle()
    assert (await stage.case()).runs[0].steps[1].state == "open"

    await stage.press(KEN, run_of(stage, case), "run-stop", reason="原因が別の箇所で判明")
    assert (await stage.case()).runs[0].stopped == "原因が別の箇所で判明"


async def test_two_runbooks_go_side_by_side(stage):
    case = await started(stage)
    await stage.sev(KEN, "手順書 1 vpn-down")

    assert len(messages(stage, case)) == 2
    assert "どれかを指定してください" in await stage.sev(KEN, "手順書 1 済 1")
    await stage.sev(KEN, "手順書 1 vpn-down 済 1")
    assert [run.gone for run in (await stage.case()).runs] == [0, 1]


# ---------------------------------------------------------------- twice, late, dead


async def test_a_button_that_is_old_does_nothing_and_says_why(stage):
    """Mei's screen still shows step 6 as open; Ken did it a moment ago, and only looking makes her the second one."""
    case = await started(stage)
    seen_before = run_of(stage, case)
    await stage.ken.click(seen_before, "step", value="1 1 6")
    await stage.mei.click(seen_before, "step", value="1 1 6")
    await stage.settle()

    assert f"手順 6 は <@{KEN}> さんが実施済みで、二重確認が必要です" in stage.whispered(MEI)
    assert "手順書 1 web-unreachable 確認 6" in stage.whispered(MEI)
    assert (await stage.case()).runs[0].steps[5].second is None


async def test_both_press_done_at_once_and_one_is_told(stage):
    case = await started(stage)
    message = run_of(stage, case)
    await stage.ken.click(message, "step", value="1 1 1")
    await stage.mei.click(message, "step", value="1 1 1")
    await stage.settle()

    assert (await stage.kinds()).count("step_done") == 1
    assert f"手順 1 は 11/24(火) 09:00 日本時間 に <@{KEN}> さんが済ませています" in stage.whispered(MEI)


async def test_the_next_process_goes_on_with_the_same_message(slack, tmp_path):
    async with staged(tmp_path, slack=slack) as stage:
        case = await started(stage)
        message = run_of(stage, case)
        await stage.ken.click(message, "step", value="1 1 1")  # recorded, and not yet shown

    async with staged(tmp_path, slack=slack) as stage:
        await stage.settle()
        await stage.after(seconds=3)
        await stage.mention(MEI, case, "手順書 済 2")
        assert run_of(stage, case).ts == message.ts
        assert "2/7 済み" in run_of(stage, case).text


async def test_a_message_of_a_run_that_somebody_deleted_is_posted_anew(stage):
    case = await started(stage)
    gone = run_of(stage, case)
    await stage.slack.delete_message(gone)
    await stage.mention(KEN, case, "手順書 済 1")
    await stage.after(seconds=5)

    fresh = run_of(stage, case)
    assert fresh.ts != gone.ts
    assert "1/7 済み" in fresh.text


# ---------------------------------------------------------------- the case around it


async def test_closing_names_the_run_and_takes_its_buttons(stage):
    case = await started(stage)
    await stage.sev(YUKI, "復旧 1 規則を修正")

    asked = await stage.mention(YUKI, case, "close")
    assert "手順書「Web サーバーに接続できない」が終わっていません" in asked
    await stage.mention(YUKI, case, "close anyway")
    await stage.after(seconds=5)

    assert not [b for b in run_of(stage, case).blocks if "accessory" in b or b["type"] == "actions"]
    assert "終了しています" in await stage.sev(KEN, "手順書 1 済 1")
    assert "終了しています" in await stage.sev(KEN, "手順書 1")


async def test_whoever_takes_over_reads_what_is_under_way(stage):
    case = await started(stage)
    await stage.mention(YUKI, case, "contacted 電話 確認中 / next 9:40 共有")
    await stage.mention(YUKI, case, "手順書 済 1")
    await stage.mention(YUKI, case, "引継 @hana お願いします")

    (brief,) = stage.said_to(HANA)
    line = "手順書「Web サーバーに接続できない」: 1/7 済み · 次: 2. 失敗の種類を確かめる"
    assert line in brief.text
    assert line in await stage.sev(MEI, "表示 1")


async def test_the_report_tells_how_it_went(stage):
    case = await started(stage)
    for who, line in ((YUKI, "済 6"), (KEN, "確認 6"), (YUKI, "省略 1 該当なし")):
        await stage.mention(who, case, f"手順書 {line}")
    await stage.sev(YUKI, "報告 1")
    await stage.settle()

    (message,) = [message for message in stage.thread(case) if message.files]
    (file,) = [file for file in message.files if file["name"].endswith(".md")]
    written = stage.slack.files.all[file["id"]].content.decode()
    row = next(line for line in written.splitlines() if line.startswith("| Web サーバーに接続できない"))
    assert "2/7 済み" in row
    assert "1 を省略: 該当なし" in row


async def test_the_text_of_a_file_pings_nobody_and_formats_nothing(desk):
    case = await desk.open_case("[SevA] つながらない\nお客様: 西日本リテール様")
    await desk.sev(YUKI, "手順書 1 line")

    said = shown(run_of(desk, case))
    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said
    assert "*必ず*" not in said


async def test_a_file_that_changes_does_not_change_a_run(desk):
    case = await desk.open_case("[SevA] つながらない\nお客様: 西日本リテール様")
    await desk.sev(YUKI, "手順書 1 line")
    (desk.folder / "books" / "line.md").write_text(LINE.replace("影響する拠点", "別の拠点"), encoding="utf-8")
    assert (await desk.bot.reloader.reload()).changed == ("runbooks.folder",)
    await desk.mention(KEN, case, "手順書 済 1")

    assert "影響する拠点を確認する" in run_of(desk, case).text
    assert "別の拠点" in str(desk.bot.desk.config.shelf.runbooks[0])


async def test_a_file_that_breaks_is_told_on_reloading_and_stays_as_it_was(desk):
    case = await desk.open_case("[SevA] つながらない\nお客様: 西日本リテール様")
    (desk.folder / "books" / "line.md").write_text(LINE.replace("keywords", "keyword"), encoding="utf-8")
    (desk.folder / "books" / "new.md").write_text(LINE.replace("回線の切替", "新しい手順"), encoding="utf-8")

    done = await desk.bot.reloader.reload()

    assert done.faults == ()
    assert re.search(r"line\.md, line 3: keyword: no such key here: is it keywords\?", done.broken[0])
    assert [one.key for one in desk.bot.desk.config.shelf.runbooks] == ["line", "new"]
    await desk.mention(KEN, case, "手順書 line")
    assert (await desk.case()).runs[0].name_ja == "回線の切替"


# ---------------------------------------------------------------- what can't be


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("手順書 1 電源", "「電源」という手順書はありません。あるのは: "),
        ("手順書 1 の", "「の」に当てはまる手順書が複数あります"),
        ("手順書 1 済 9", "手順は 1 から 7 までで、9 はありません"),
        ("手順書 1 済", "どの手順かを番号で指定してください"),
        ("手順書 1 vpn-down 済 1", "「vpn-down」という手順書はありません"),
        ("手順書 1 web-unreachable", "すでに進行中です"),
        ("手順書 1 取消 1", "まだ済んでいないため"),
        ("手順書 1 確認 6", "二人目の確認を待っていません"),
        ("手順書 1 省略 1", "手順 1 を省略する理由を書いてください"),
        ("手順書 1 中止", "を中止する理由を書いてください"),
    ],
)
async def test_what_can_not_be_is_answered_with_one_sentence_and_an_example(stage, line, said):
    await started(stage)
    before = await stage.kinds()

    answer = await stage.sev(KEN, line)

    assert said in answer
    assert "例: " in answer
    assert await stage.kinds() == before


async def test_nothing_is_under_way(stage):
    await stage.open_case()
    assert "進行中の手順書はありません" in await stage.sev(KEN, "手順書 1 済 1")


async def test_without_any_runbook_that_is_said(tmp_path):
    (tmp_path / "books").mkdir()
    async with staged(tmp_path, toml=BOOKS) as stage:
        await stage.open_case(STORE_POS)
        assert "ここには手順書がありません" in await stage.sev(KEN, "手順書 1 line")
        assert "見つかりませんでした" in await stage.sev(KEN, "手順書 1")


async def test_whoever_has_the_settings_read_anew_hears_which_file_is_broken(tmp_path):
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "line.md").write_text(LINE, encoding="utf-8")
    toml = BOOKS.replace("[[channels]]", '[defaults]\nadmin = "U03HANA"\n\n[[channels]]', 1)
    async with staged(tmp_path, toml=toml) as stage:
        (tmp_path / "books" / "line.md").write_text(LINE.replace("steps:", "steps: 5"), encoding="utf-8")

        said = await stage.sev(HANA, "設定 再読込")

        assert "一部の手順書に誤りがあります。前回読み込んだ内容のまま使います:" in said
        assert "line.md, line " in said
        (tmp_path / "books" / "line.md").unlink()
        (tmp_path / "books").rmdir()
        assert "there is no such folder" in await stage.sev(HANA, "設定 再読込")
        assert [one.key for one in stage.bot.desk.config.shelf.runbooks] == ["line"]


async def test_outsiders_who_read_along_see_the_steps_and_not_why_one_was_passed_by(tmp_path):
    toml = TEAM.replace('backup = ["U03HANA"]', 'backup = ["U03HANA"]\nshared = true')
    async with staged(tmp_path, toml=toml) as stage:
        case = await started(stage)
        await stage.sev(YUKI, "手順書 1 省略 1 北星様の社内規程")
        await stage.sev(YUKI, "手順書 1 中止 南海様の作業を優先")
        await stage.sev(YUKI, "report 1")

        run = run_of(stage, case)
        for hidden in ("北星様", "南海様"):
            assert hidden not in run.text + shown(run)
            assert hidden in await stage.sev(KEN, "timeline 1")
            for file in stage.slack.files.all.values():
                assert hidden.encode() not in file.content
        assert "正常な拠点・端末" in run.text
        assert stage.slack.files.all


async def test_a_channel_that_becomes_shared_hides_them_from_then_on(stage):
    case = await started(stage)
    await stage.sev(YUKI, "手順書 1 省略 1 北星様の社内規程")
    await stage.sev(YUKI, "手順書 1 中止 南海様の作業を優先")
    assert "北星様" in run_of(stage, case).text

    await stage.bot.desk.mark_shared(case.channel, True)
    await stage.settle()

    run = run_of(stage, case)
    assert "北星様" not in run.text + shown(run)
    assert "南海様" not in run.text + shown(run)
