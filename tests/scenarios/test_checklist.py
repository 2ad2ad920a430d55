"""First moves: what is checked first and who is told, each by its time; never again "why was sales not told"."""

import re

import pytest

from tests.stage import KEN, MEI, TEAM, YUKI, shown, staged, tokyo

FIRST = re.sub(r"first_checks = false\n", "", TEAM).replace(
    'language = "ja"', 'language = "ja"\ntell = [{ who = "営業担当", to = "U05MEI", within = "20m" }]', 1
)

EVERY, WEB = ("impact", "scope", "timeline", "known-issue"), ("resource-health", "in-and-out")
OWN = """
[defaults]
checks.intake = { items = ["お客様の担当者名", "連絡手段"], instead = true }
checks.network = ["拠点ルーターの再起動の有無"]
checks.storage = { items = [{ ja = "アカウント名", en = "Account name" }], instead = true }
"""


@pytest.fixture
async def first(tmp_path):
    async with staged(tmp_path, toml=FIRST) as stage:
        yield stage


async def test_every_sev_a_begins_with_its_first_checks_and_people_to_tell(first):
    case = await first.open_case()

    assert [item.key for item in case.checklist] == [*EVERY, *WEB, "tell-1"]
    assert {item.due for item in case.checklist} == {tokyo("9:20"), tokyo("9:30")}
    line = "未完了の確認・共有: 営業担当、業務影響と期限、影響範囲と比較、発生時刻と直前の変更、ほか 3 件"
    assert line in first.card(case).text


@pytest.mark.parametrize("way", ["button", "slash", "mention"])
async def test_ticking_off_is_a_fact_in_three_ways(first, way):
    case = await first.open_case()

    if way == "button":
        await first.yuki.click(first.card(case), "more")
        await first.yuki.click(first.yuki.view, "tick", value="1 tell-1")
        await first.settle()
    elif way == "slash":
        await first.sev(YUKI, "共有 1 営業担当")
    else:
        await first.mention(YUKI, case, "共有済み 営業担当")

    done = next(item for item in (await first.case()).checklist if item.key == "tell-1")
    assert done.done_by == YUKI
    assert "営業担当" not in first.card(case).text.split("未完了の確認・共有")[-1]
    assert "共有済み: 営業担当" in await first.sev(YUKI, "経過 1")


async def test_a_slip_is_taken_back(first):
    case = await first.open_case()
    await first.mention(KEN, case, "確認済 業務影響")
    await first.mention(KEN, case, "確認済 業務影響と期限 取消")

    assert all(item.done_at is None for item in (await first.case()).checklist)


async def test_what_is_undone_by_its_time_reminds_the_owner_once(first):
    case = await first.open_case()
    await first.mention(YUKI, case, "contacted 電話 確認中 / next 9:55 結果を共有")
    for key in ("impact", "scope", "timeline", *WEB):
        await first.sev(YUKI, f"checked 1 {key}")

    await first.at("9:20")
    (told,) = first.said_to(YUKI)
    assert "営業担当" in told.text
    await first.at("9:30")
    asked = first.said_to(YUKI)[-1]
    assert "既知障害・サービス正常性" in asked.text
    assert "業務影響と期限" not in asked.text
    await first.yuki.click(asked, "tick", value="1 known-issue")
    await first.settle()
    await first.at("9:44")
    assert len(first.said_to(YUKI)) == 2


async def test_the_list_alone_and_a_word_that_is_not_on_it(first):
    case = await first.open_case()

    listed = await first.sev(KEN, "初動 1")
    unknown = await first.mention(KEN, case, "共有 経理部")

    assert "共有: 営業担当" in listed
    assert "<@U05MEI>" in listed
    assert "checked 1" in unknown
    assert MEI not in (await first.case()).people


async def test_where_it_is_off_there_is_none(stage):
    case = await stage.open_case()

    assert case.checklist == ()
    assert "確認項目はありません" in await stage.sev(YUKI, "共有 1")
    assert "未完了の確認" not in shown(stage.card(case))


async def test_the_list_follows_the_family_and_what_was_ticked_stays(first):
    """Ten minutes in it turns out to be the network: what is new has its own time, and nothing done is lost."""
    case = await first.open_case()
    for key in ("impact", "resource-health"):
        await first.sev(YUKI, f"checked 1 {key}")

    await first.at("9:10")
    await first.mention(YUKI, case, "編集 製品: ネットワーク")

    case = await first.case()
    assert [item.key for item in case.checklist] == ["resource-health", *EVERY, "other-site", "rule-changes", "tell-1"]
    assert {item.key for item in case.checklist if item.done_at} == {"impact", "resource-health"}
    due = {item.key: item.due for item in case.checklist}
    assert (due["scope"], due["other-site"], due["tell-1"]) == (tokyo("9:30"), tokyo("9:40"), tokyo("9:20"))


async def test_a_family_that_is_taken_back_asks_for_nothing_twice(first):
    case = await first.open_case()
    before = (await first.case()).checklist
    await first.mention(YUKI, case, "編集 製品: network")
    await first.sev(YUKI, "checked 1 other-site")
    await first.mention(YUKI, case, "編集 製品: cloud-web-platform")

    after = (await first.case()).checklist
    assert [item.key for item in after] == ["other-site", *(item.key for item in before)]


async def test_a_channel_adds_and_replaces_by_family(tmp_path):
    own = OWN.replace("[defaults]\n", "")
    toml = re.sub(r"first_checks = false\n", "", TEAM).replace('language = "ja"', f'language = "ja"\n{own}', 1)
    async with staged(tmp_path, toml=toml) as stage:
        case = await stage.open_case("[SevA] VPN が切断される\nお客様: 西日本リテール様")
        assert case.family == "network"
        assert [item.key for item in case.checklist] == [
            "intake-1", "intake-2", "other-site", "rule-changes", "network-1",
        ]  # fmt: skip
        assert "お客様の担当者名" in stage.card(case).text

        await stage.mention(YUKI, case, "編集 製品: storage")
        items = {item.key: item for item in (await stage.case()).checklist}
        assert list(items) == ["intake-1", "intake-2", "storage-1"]
        assert items["storage-1"].name("en") == "Account name"
