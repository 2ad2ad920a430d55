"""Parent and children: which case is the parent of which, and how one contact keeps the promises of several."""

import re

import pytest

from bot.domain.account import account
from bot.domain.kin import Parent
from handlers.views import kin_facts
from handlers.views.report.markdown import markdown
from handlers.views.report.scribe import Scribe
from handlers.views.report.story import paper
from sandbox import Channel, Sandbox, World
from tests.stage import BOB, HANA, KEN, MEI, NINE, ROOT, SEV_A, TEAM, YUKI, shown, staged, tokyo

SECRET = "C07SECRET"
CALLED = "電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


async def family(stage, carry=""):
    """SEV-1 of Yuki is the parent of SEV-2 of Ken; each has a customer of its own."""
    await stage.open_case()
    child = await stage.open_case("[SevA] 倉庫システムの応答がない\nお客様: 東北物流様", who=KEN)
    await stage.sev(KEN, f"parent 2 1 {carry}".strip())
    await stage.settle()
    return await stage.case(1), await stage.case(child.number)


# ---------------------------------------------------------------- naming the parent


@pytest.mark.parametrize("way", ["slash", "in japanese", "mention", "mention by name", "form"])
async def test_every_way_leads_to_the_same_parent(stage, way):
    await stage.open_case()
    case = await stage.open_case("[SevA] 倉庫システムが停止", who=KEN)
    if way == "slash":
        await stage.sev(MEI, "parent 2 1 carry")
    elif way == "in japanese":
        await stage.sev(MEI, "親案件 2 SEV-1 まとめて連絡")
    elif way == "mention":
        await stage.mention(MEI, case, "parent 1 carry")
    elif way == "mention by name":
        await stage.mention(MEI, case, "親案件 SEV-1 親がまとめて連絡")
    else:
        await stage.on_card(MEI, case, "more")
        await stage.mei.click(stage.mei.view, "parent")
        assert await stage.mei.submit({"parent": "1", "carried": ["yes"]}) is None
        await stage.settle()

    case = await stage.case(2)
    assert case.parent == Parent(number=1, carried=True)
    assert [(child.number, child.carried) for child in (await stage.case(1)).children] == [(2, True)]
    assert "SEV-2: " in stage.said_to(KEN)[-1].text
    assert f"<@{MEI}>" in stage.said_to(KEN)[-1].text
    assert f"<@{MEI}> さんが SEV-2 を子案件にしました(ご連絡はまとめて記録)" in stage.said_to(YUKI)[-1].text


async def test_the_cards_name_each_other_with_links_and_how_they_stand(stage):
    parent, child = await family(stage, "carry")

    above, below = stage.card(parent), stage.card(child)
    assert "子案件: 1 件(うち対応中 1 件)" in above.text
    assert "• SEV-2 倉庫システムの応答がない (対応中)" in above.text
    assert "ご連絡はまとめて記録" in above.text
    assert f"p{child.thread.replace('.', '')}" in shown(above)
    assert "親案件: SEV-1 店舗POSのWebサーバーに接続できない" in below.text
    assert f"p{parent.thread.replace('.', '')}" in shown(below)
    assert "東北物流" not in above.text


async def test_the_parents_card_follows_its_children(stage):
    await family(stage)
    await stage.sev(KEN, "contacted 2 " + CALLED)
    await stage.settle()
    assert "09:40" in next(line for line in stage.card(await stage.case(1)).text.split("\n") if "SEV-2" in line)

    await stage.sev(KEN, "resolve 2")
    await stage.settle()
    assert "復旧済み" in next(line for line in stage.card(await stage.case(1)).text.split("\n") if "SEV-2" in line)

    before = len(stage.said_in(await stage.case(1)))
    await stage.sev(KEN, "close 2 anyway 完了")
    await stage.settle()
    assert "SEV-2" not in stage.card(await stage.case(1)).text, "it leaves quietly"
    assert len(stage.said_in(await stage.case(1))) == before
    await stage.sev(KEN, "reopen 2 再発")
    await stage.settle()
    assert "SEV-2" in stage.card(await stage.case(1)).text


@pytest.mark.parametrize("way", ["slash", "mention", "form"])
async def test_none_takes_the_parent_away(stage, way):
    _, child = await family(stage, "carry")
    if way == "slash":
        await stage.sev(KEN, "parent 2 none")
    elif way == "mention":
        await stage.mention(KEN, child, "親案件 なし")
    else:
        await stage.on_card(KEN, child, "more")
        await stage.ken.click(stage.ken.view, "parent")
        assert await stage.ken.submit({"parent": "none"}) is None
        await stage.settle()

    assert (await stage.case(2)).parent is None
    assert (await stage.case(1)).children == ()
    assert "親案件" not in stage.card(await stage.case(2)).text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("parent 1 1", "SEV-1 自身を親案件にはできません"),
        ("parent 3 2", "SEV-2 は SEV-1 の子案件です"),
        ("parent 1 3", "SEV-1 には子案件があります"),
        ("parent 1 2", "先に SEV-2 の親案件を外して"),
        ("parent 3 99", "SEV-99"),
        ("parent 3 4", "SEV-4 は終了しているため"),
        ("parent 4 1", "SEV-4 は終了しています"),
        ("parent 3 none", "SEV-3 に親案件はない"),
        ("parent 3 あれ", "SEV-3 の親案件の番号"),
        ("parent 3 all", "SEV-3 の子案件にできる案件がありません"),
    ],
)
async def test_what_can_be_no_family_is_refused_in_one_sentence(stage, words, sentence):
    await family(stage)
    for _ in range(2):
        await stage.open_case(f"[SevA] 別の障害 {_}")
    await stage.sev(YUKI, "close 4 anyway 重複")
    before = [await stage.kinds(number) for number in (1, 2, 3, 4)]

    said = await stage.sev(YUKI, words)

    assert sentence in said
    assert [await stage.kinds(number) for number in (1, 2, 3, 4)] == before


async def test_a_case_that_the_speaker_cannot_see_is_no_parent(tmp_path):
    """Nor is its title shown to anybody who does not read its channel."""
    usual = World.default()
    private = Channel(SECRET, "sev-secret", is_private=True, members=(BOB, MEI))
    world = World(people=usual.people, channels=(*usual.channels, private))
    toml = TEAM + f'[[channels]]\nid = "{SECRET}"\nlanguage = "ja"\nnudges = false\nfirst_checks = false\n'
    async with Sandbox(manifest=ROOT / "manifest.yml", world=world, now=NINE) as slack:
        slack.clock.freeze(NINE)
        async with staged(tmp_path, toml=toml, slack=slack) as stage:
            await stage.open_case("[SevA] 合併データ室が停止", SECRET, BOB)
            case = await stage.open_case()

            refused = await stage.sev(KEN, "parent 2 1")
            assert refused.replace("SEV-1 ", "SEV-9 ") == (await stage.sev(KEN, "parent 2 9"))
            assert (await stage.case(2)).parent is None

            await stage.sev(MEI, "parent 2 1")
            card = stage.card(await stage.case(case.number))
            assert "親案件: SEV-1" in card.text
            assert "合併" not in shown(card) + card.text


# ---------------------------------------------------------------- one contact for several customers


async def test_telling_the_parents_customer_is_not_telling_the_childs(stage):
    await family(stage)

    said = await stage.sev(YUKI, "contacted 1 " + CALLED)

    assert "SEV-2" not in said
    assert (await stage.case(2)).last_contact is None


async def test_what_is_carried_is_recorded_in_the_same_step_as_the_childs_own_promise(stage):
    await family(stage, "carry")

    said = await stage.sev(YUKI, "contacted 1 " + CALLED)

    assert "次の子案件にも記録しました: SEV-2" in said
    parent, child = await stage.case(1), await stage.case(2)
    assert parent.promise.due == child.promise.due == tokyo("9:40")
    assert (child.last_contact.by, child.tally.kept, child.responded_at) == (YUKI, 1, parent.responded_at)
    assert "SEV-1 経由" in await stage.sev(KEN, "timeline 2")
    assert "次の子案件にも記録: SEV-2" in await stage.sev(KEN, "timeline 1")
    assert not any("ご連絡" in m.text and "確認中" in m.text for m in stage.said_to(KEN)), "the card says it"


@pytest.mark.parametrize(
    ("carry", "words", "told"),
    [
        ("", "contacted 1 for all " + CALLED, True),
        ("", "連絡済 1 子案件にも " + CALLED, True),
        ("carry", "contacted 1 only " + CALLED, False),
        ("carry", "連絡済 1 この案件のみ " + CALLED, False),
    ],
)
async def test_a_word_says_whose_customer_heard_it(stage, carry, words, told):
    await family(stage, carry)

    await stage.sev(YUKI, words)

    assert ((await stage.case(2)).last_contact is not None) == told
    assert (await stage.case(1)).last_contact.said == "確認中とお伝えしました"


@pytest.mark.parametrize(("carry", "chosen", "told"), [("", "all", True), ("", None, False), ("carry", None, True),
                                                       ("carry", "only", False)])  # fmt: skip
async def test_the_form_asks_whose_customer_heard_it(stage, carry, chosen, told):
    parent, _ = await family(stage, carry)
    filled = {"said": "確認中とお伝えしました", "next_at": "9:40", "next_action": "共有"}
    filled |= {"also": chosen} if chosen else {}

    assert await stage.press(YUKI, stage.card(parent), "contacted", **filled) is None

    assert ((await stage.case(2)).last_contact is not None) == told


async def test_a_child_that_is_reopened_under_a_child_stands_for_itself(stage):
    """One level, whatever the order: or a contact on the uppermost would count for a customer whom nobody named."""
    await family(stage, "carry")
    await stage.open_case("[SevA] 共通基盤の障害", who=MEI)
    await stage.sev(KEN, "close 2 anyway 重複")
    await stage.sev(YUKI, "parent 1 3 carry")

    await stage.sev(HANA, "reopen 2 再発")
    said = await stage.sev(MEI, "contacted 3 " + CALLED)

    assert (await stage.case(2)).parent is None
    assert (await stage.case(1)).children == ()
    assert "次の子案件にも記録しました: SEV-1" in said
    assert (await stage.case(2)).last_contact is None
    assert "親案件 SEV-1 を外し" in await stage.sev(KEN, "timeline 2")
    assert "SEV-2" in stage.said_to(KEN)[-1].text


async def test_who_may_reopen_may_although_no_parent_is_theirs_to_take_away(tmp_path):
    async with staged(tmp_path, toml=TEAM + '[access]\nparent = ["owner"]\n') as stage:
        await family(stage)
        await stage.open_case("[SevA] 共通基盤の障害", who=MEI)
        await stage.sev(KEN, "close 2 anyway 重複")
        await stage.sev(YUKI, "parent 1 3")

        await stage.sev(HANA, "reopen 2 再発")

        assert ((await stage.case(2)).status, (await stage.case(2)).parent) == ("open", None)


async def test_a_childs_terms_are_kept_and_nothing_is_half_recorded(stage):
    """The child's promise may not be later than its own terms allow; then the whole contact is refused."""
    await family(stage, "carry")
    before = [await stage.kinds(number) for number in (1, 2)]

    said = await stage.sev(YUKI, "severity 1 B 回避策あり")
    assert "SEV-1" in said
    refused = await stage.sev(YUKI, "contacted 1 電話 確認中 / next 12:00 結果を共有")

    assert "SEV-2 にも記録されますが" in refused
    assert (await stage.kinds(2)) == before[1]
    assert "contact_made" not in await stage.kinds(1)
    await stage.sev(YUKI, "contacted 1 電話 確認中 / next 12:00 結果を共有 reason: 両社と合意")
    assert (await stage.case(2)).promise.due == tokyo("12:00")


async def test_one_moment_rings_once_and_a_miss_still_climbs(stage):
    await family(stage, "carry")
    await stage.sev(YUKI, "contacted 1 " + CALLED)
    before = len(stage.said_to(KEN))

    await stage.at("9:30")
    assert "09:40" in stage.said_to(YUKI)[-1].text
    await stage.at("9:40")
    assert len(stage.said_to(KEN)) == before, "Yuki is the one who calls"
    await stage.at("9:42")
    assert "SEV-2" in stage.said_to(KEN)[-1].text, "she has not"
    await stage.at("9:45")
    assert any("SEV-2" in message.text for message in stage.said_to(HANA)), "and the child's ladder climbs"


async def test_a_parent_that_keeps_its_promise_keeps_the_childs(stage):
    await family(stage, "carry")
    await stage.sev(YUKI, "contacted 1 " + CALLED)
    await stage.at("9:35")
    before = len(stage.said_to(KEN))

    await stage.sev(YUKI, "contacted 1 電話 ログの結果をご報告 / next 10:20 対処の結果")
    await stage.at("9:50")

    assert len(stage.said_to(KEN)) == before
    assert (await stage.case(2)).tally.kept == 2


async def test_a_parent_that_ends_says_whose_customers_are_left(stage):
    parent, _ = await family(stage, "carry")

    said = await stage.sev(YUKI, "resolve 1 再起動で復旧")

    assert "対応中の子案件が残っています: SEV-2" in said
    assert "SEV-2" in stage.said_in(parent)[-1].text
    assert (await stage.case(2)).status == "open"
    assert "SEV-2 の担当から直接お願いします" in stage.said_to(KEN)[-1].text
    assert "子案件 SEV-2 が対応中のまま" in await stage.mention(YUKI, parent, "close")
    await stage.sev(YUKI, "close 1 anyway 了承済み")
    assert (await stage.case(2)).status == "open"


async def test_brief_show_and_report_know_the_family(stage):
    await family(stage, "carry")
    await stage.sev(KEN, "handoff 2 @mei お願いします")
    await stage.settle()

    assert "親案件: SEV-1" in stage.said_to(MEI)[-1].text
    assert "子案件: 1 件" in await stage.sev(MEI, "show 1")
    assert "親案件: SEV-1" in await stage.sev(MEI, "show 2")


async def test_the_report_names_parent_and_children(stage):
    await family(stage, "carry")
    await stage.sev(YUKI, "contacted 1 " + CALLED)

    written = {}
    for number in (1, 2):
        case, told = await stage.bot.desk.history(number)
        story = account(case, [one.fact for one in told], stage.slack.clock.now())
        written[number] = markdown(paper(Scribe("ja", "Asia/Tokyo"), story))

    assert re.search(r"子案件.*SEV-2.*対応中", written[1])
    assert re.search(r"親案件.*SEV-1", written[2])
    assert "SEV-1 経由" in written[2]


@pytest.mark.parametrize("act", ["contacted 1 " + CALLED, "parent 2 none"])
async def test_the_same_delivery_twice_is_one_act(stage, act):
    """The relatives' part of it too."""
    await family(stage, "carry")
    payload = stage.slack.interactions.command(
        stage.yuki.person, stage.slack.app.commands["/sev"], act, stage.slack.state.channels[SEV_A]
    )
    for _ in range(3):
        await stage.slack.inbound.ask("slash_commands", payload, answers=True)
        await stage.settle()

    kinds = [*await stage.kinds(1), *await stage.kinds(2)]
    assert kinds.count("contact_made") == (2 if act.startswith("contacted") else 0)
    assert kinds.count("parent_dropped") == (0 if act.startswith("contacted") else 1)


async def test_every_fact_between_cases_has_its_line_in_the_timeline(tmp_path):
    """One for each kind, in both languages."""
    toml = TEAM.replace("incidents = false # likewise; test_incidents.py switches it on\n", "")
    async with staged(tmp_path, toml=toml) as stage:
        for who in (YUKI, KEN, HANA):
            await stage.open_case("[SevA] 店舗POSのサーバーに接続できない", who=who)
        await stage.sev(KEN, "parent 2 1 carry")
        await stage.sev(YUKI, "contacted 1 " + CALLED)
        await stage.sev(YUKI, "next 1 9:50 共有 reason: 調査に時間")
        await stage.sev(KEN, "parent 2 none")
        await stage.sev(HANA, "parent 3 none")

        told = {number: await stage.facts(number) for number in (1, 2, 3)}
        kinds = {fact.kind for facts in told.values() for fact in facts}
        assert {kind.model_fields["kind"].default for kind in kin_facts.SENTENCES} <= kinds
        for number, facts in told.items():
            for reader in (YUKI, BOB):
                lines = (await stage.sev(reader, f"timeline {number}")).split("\n")[1:]
                assert len(lines) == len(facts)
