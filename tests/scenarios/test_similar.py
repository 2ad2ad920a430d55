"""Past cases: whoever works on a case is told what the like was before, and only what they may see."""

from contextlib import closing

from bot.domain.values import CaseNumber
from storage.connection import connect
from tests.stage import BOB, HANA, KEN, SEV_A_EN, YUKI

BEFORE = "[SevA] 店舗のPOSサーバーに接続できない"
AGAIN = "[SevA] 関西の店舗でPOSサーバーへの接続が失敗する"
OTHER = "[SevA] メール配信の遅延"


async def ended(stage, text=BEFORE, cause="スイッチの冗長切替が失敗", how="スイッチを交換"):
    case = await stage.open_case(text)
    await stage.sev(KEN, f"cause {case.number} network {cause}")
    await stage.sev(YUKI, f"resolve {case.number} {how}")
    await stage.sev(YUKI, f"close {case.number} anyway 了承済み")
    await stage.settle()
    return case


async def test_the_slash_command_tells_the_cause_and_the_area_that_found_it(stage):
    before, other = await ended(stage), await ended(stage, OTHER, "送信キューの滞留", "キューを再起動")
    case = await stage.open_case(AGAIN)

    said = await stage.sev(HANA, f"類似 {case.number}")

    assert said.startswith(f"SEV-{case.number} に似た過去の案件")
    assert f"SEV-{before.number}" in said
    assert "原因特定: " in said
    assert f"スイッチの冗長切替が失敗(<@{KEN}>)" in said
    assert "復旧の内容: スイッチを交換" in said
    assert f"SEV-{other.number}" not in said


async def test_a_mention_in_the_thread_says_the_same(stage):
    await ended(stage)
    case = await stage.open_case(AGAIN)

    assert await stage.mention(YUKI, case, "類似") == await stage.sev(YUKI, f"similar {case.number}")


async def test_in_english_and_with_words_instead_of_a_case(stage):
    before = await ended(stage, "[SevA] Checkout API returns 503 after failover", "stale DNS", "flushed the cache")

    said = await stage.sev(BOB, "similar checkout 503 failover", SEV_A_EN)

    assert said.startswith("Past cases like “checkout 503 failover”")
    assert f"SEV-{before.number}" in said
    assert "cause found: " in said
    assert "No resolved or closed case is like" in await stage.sev(BOB, "similar printer jam", SEV_A_EN)


async def test_a_button_behind_more_opens_it(stage):
    before = await ended(stage)
    case = await stage.open_case(AGAIN)
    await stage.on_card(HANA, case, "more")
    await stage.hana.click(stage.hana.view, "similar")

    assert f"SEV-{before.number}" in str(stage.hana.view)
    assert "スイッチの冗長切替が失敗" in str(stage.hana.view)


async def test_the_brief_of_a_handover_names_them(stage):
    before = await ended(stage)
    case = await stage.open_case(AGAIN)
    await stage.mention(YUKI, case, "handoff @hana お願いします")
    await stage.settle()

    said = stage.said_to(HANA)[-1].text
    assert "この案件に似た過去の案件" in said
    assert f"• SEV-{before.number} " in said


async def test_an_open_case_is_no_past_one_and_a_reopened_one_no_more(stage):
    before = await ended(stage)
    case = await stage.open_case(AGAIN)
    assert f"SEV-{before.number}" in await stage.sev(HANA, f"類似 {case.number}")
    await stage.sev(YUKI, f"reopen {before.number} 再発")

    assert "ありません" in await stage.sev(HANA, f"類似 {case.number}")


async def test_an_erased_case_is_found_by_nobody(stage, tmp_path):
    before = await ended(stage)
    case = await stage.open_case(AGAIN)
    await stage.bot.records.erase(CaseNumber(before.number), "on request")

    assert "ありません" in await stage.sev(HANA, f"類似 {case.number}")
    with closing(connect(str(tmp_path / "jibungoto.db"))) as database:
        assert database.execute("SELECT * FROM likenesses").fetchall() == []
        assert database.execute("SELECT * FROM likeness_counts WHERE cases > 0 OR gram <> ''").fetchall() == []
        database.execute("INSERT INTO likeness (likeness, rank) VALUES ('integrity-check', 1)")


async def test_cases_of_an_earlier_version_are_read_in_small_steps(stage, tmp_path):
    first, second = await ended(stage), await ended(stage, AGAIN)
    with closing(connect(str(tmp_path / "jibungoto.db"))) as database:
        database.execute("DELETE FROM likenesses")
        database.execute("UPDATE numbers SET last = ? WHERE name = 'unlikened'", (second.number,))
    case = await stage.open_case("[SevA] 店舗のPOSサーバーに接続できない状態")
    assert "ありません" in await stage.sev(HANA, f"類似 {case.number}")

    assert await stage.bot.desk.liken(1)
    assert f"SEV-{second.number}" in await stage.sev(HANA, f"類似 {case.number}")
    while await stage.bot.desk.liken(1):
        pass
    assert f"SEV-{first.number}" in await stage.sev(HANA, f"類似 {case.number}")
