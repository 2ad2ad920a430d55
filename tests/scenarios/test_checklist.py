"""First moves: what is checked first and who is told, each by its time; never again "why was sales not told"."""

import re

import pytest

from tests.stage import KEN, MEI, TEAM, YUKI, shown, staged, tokyo

FIRST = re.sub(r"first_checks = false\n", "", TEAM).replace(
    'language = "ja"', 'language = "ja"\ntell = [{ who = "営業担当", to = "U05MEI", within = "20m" }]', 1
)


@pytest.fixture
async def first(tmp_path):
    async with staged(tmp_path, toml=FIRST) as stage:
        yield stage


async def test_every_sev_a_begins_with_its_first_checks_and_people_to_tell(first):
    case = await first.open_case()

    assert [item.key for item in case.checklist] == ["impact", "scope", "timeline", "known-issue", "tell-1"]
    assert {item.due for item in case.checklist} == {tokyo("9:20"), tokyo("9:30")}
    assert "未完了の確認・共有: 業務影響と期限" in first.card(case).text
    assert "営業担当" in first.card(case).text


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
    for key in ("impact", "scope", "timeline"):
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
