"""Double check: a risky step is put to a second person, who types its target; in words, by slash and by button."""

import json

import pytest

from bot.domain.account import account
from bot.domain.check import pending
from bot.domain.messages import CheckApproved, CheckOverridden, CheckUsed
from handlers.views import checks
from tests.stage import GUEST, HANA, KEN, MEI, TEAM, YUKI, Stage, in_japanese, shown, staged

RESTORE = "リストア db-prod-01: 02:00のスナップショットから復元 / 戻し方: 旧ボリュームを残す"
FORM = {"risk": "restore", "target": "db-prod-01", "what": "スナップショットから復元", "rollback": "旧ボリュームを残す"}


async def asked(stage: Stage, words: str = RESTORE):
    """Yuki owns the case, Ken is in it; Yuki has asked for the check of a restore."""
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim storage-backend")
    await stage.mention(YUKI, case, f"確認依頼 {words}")
    return await stage.case()


def buttons(message) -> list[tuple[str, str]]:
    return [(e["action_id"], e["value"]) for b in message.blocks if b["type"] == "actions" for e in b["elements"]]


def elements(view):
    return [e for b in view["blocks"] if b["type"] == "actions" for e in b["elements"]]


async def test_the_second_person_reads_the_step_and_types_the_target(stage):
    case = await asked(stage)
    (question,) = stage.said_to(KEN)
    for word in ("SEV-1", "リストア", "db-prod-01", "02:00のスナップショットから復元", "旧ボリュームを残す"):
        assert word in question.text
    assert buttons(question) == [("approve", "1 1 1"), ("reject", "1 1 1")]
    assert "二重確認待ち" in stage.card(case).text

    assert await stage.press(KEN, question, "approve", target="db-prod-02") == {
        "target": "入力された名前は、作業の対象と違います。承認していません(大文字と小文字は区別します)。"
    }
    assert await stage.ken.submit({"target": "db-prod-01"}) is None
    await stage.settle()

    (fact,) = [fact for fact in await stage.facts() if isinstance(fact, CheckApproved)]
    assert (fact.by, fact.typed, fact.asker) == (KEN, "db-prod-01", YUKI)
    (answer,) = stage.said_to(YUKI)
    assert f"<@{KEN}>" in answer.text
    assert "承認" in answer.text
    assert "二重確認待ち" not in stage.card(case).text


async def test_the_field_is_empty(stage):
    await asked(stage)
    await stage.ken.click(stage.said_to(KEN)[-1], "approve")

    (field,) = [block for block in stage.ken.view["blocks"] if block["type"] == "input"]
    assert "initial_value" not in field["element"]
    assert "placeholder" not in field["element"]
    assert "db-prod-01" in json.dumps(stage.ken.view["blocks"]), "the step can be read"


@pytest.mark.parametrize("way", ["mention", "slash", "button"])
async def test_asked_approved_and_done_in_each_way(stage, way):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim storage-backend")
    if way == "mention":
        await stage.mention(YUKI, case, f"check {RESTORE}")
        await stage.mention(KEN, case, "承認 db-prod-01")
        await stage.mention(YUKI, case, "確認依頼 実施済")
    elif way == "slash":
        await stage.sev(YUKI, f"確認依頼 1 {RESTORE}")
        await stage.sev(KEN, "approve 1 db-prod-01")
        await stage.sev(YUKI, "check 1 done")
    else:
        await stage.on_card(YUKI, case, "more")
        await stage.press(YUKI, stage.yuki.view, "check", **FORM)
        await stage.press(KEN, stage.said_to(KEN)[-1], "approve", target="db-prod-01")
        await stage.press(YUKI, stage.said_to(YUKI)[-1], "done")

    kinds = [kind for kind in await stage.kinds() if kind.startswith("check_")]
    assert kinds == ["check_asked", "check_approved", "check_used"]
    (check,) = (await stage.case()).checks
    assert (check.risk, check.target, check.rollback) == ("restore", "db-prod-01", "旧ボリュームを残す")


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("restore db-prod-01: from 02:00 / rollback: keep it", ("restore", "db-prod-01", "from 02:00", "keep it")),
        ("リストア db-prod-01：02:00から 戻し方: 残す", ("restore", "db-prod-01", "02:00から", "残す")),
        ("削除 対象: /data/A 内容: 古いログを消す / 戻し: 不可", ("deletion", "/data/A", "古いログを消す", "不可")),
        ("arn:aws:rds:db1: reboot / undo: none", ("other", "arn:aws:rds:db1", "reboot", "none")),
        ("failover sql-west move reads rollback: fail back", ("failover", "sql-west", "move reads", "fail back")),
        ("重要度 B: 回避策で再開 / 戻し方: Aに戻す", ("severity", "B", "回避策で再開", "Aに戻す")),
        ("再起動 vm-pos-01 片系ずつ再起動 / 戻し方: 不要", ("other", "vm-pos-01", "片系ずつ再起動", "不要")),
        ("規則変更 nsg-1: 443を許可 / 戻し方: 元の規則", ("change", "nsg-1", "443を許可", "元の規則")),
        ("reboot vm-pos-01 / undo: none", ("other", "vm-pos-01", "reboot", "none")),
    ],
)
async def test_a_step_in_words(stage, words, step):
    case = await stage.open_case()
    await stage.mention(YUKI, case, f"check {words} @ken")

    (check,) = (await stage.case()).checks
    assert (check.risk, check.target, check.what, check.rollback) == step
    assert check.to == (KEN,)


async def test_more_tells_a_new_check_from_the_edit_of_one_that_waits(stage):
    case = await asked(stage)
    await stage.on_card(YUKI, case, "more")

    labels = {e["value"]: e["text"]["text"] for e in elements(stage.yuki.view) if e.get("action_id") == "check"}
    assert labels == {"1 1 1": "作業を編集", "1": "確認を依頼"}


async def test_an_edit_voids_it_and_a_stale_button_says_so(stage):
    await asked(stage)
    await stage.ken.click(stage.said_to(KEN)[-1], "approve")
    await stage.mention(YUKI, await stage.case(), f"check {RESTORE.replace('02:00', '01:00')}")

    late = await stage.ken.submit({"target": "db-prod-01"})
    await stage.ken.click(stage.said_to(KEN)[0], "approve")
    await stage.settle()

    assert list(late.values()) == ["その後、作業が編集されました。いまの内容を確かめてから答えてください。"]
    assert "編集されました" in json.dumps(stage.ken.view or {}, ensure_ascii=False) + stage.whispered(KEN)
    assert pending(await stage.case())[0].edition == 2
    assert "編集しました" in stage.said_to(KEN)[-1].text
    await stage.press(KEN, stage.said_to(KEN)[-1], "approve", target="db-prod-01")
    assert (await stage.case()).checks[0].state == "approved"


async def test_sent_back_with_a_reason_and_without_one(stage):
    case = await asked(stage)

    without = await stage.mention(KEN, case, "差し戻し")
    await stage.press(KEN, stage.said_to(KEN)[-1], "reject", reason="障害より前のスナップショットです")

    assert "reject 1" in without
    assert "障害より前のスナップショットです" in stage.said_to(YUKI)[-1].text
    assert (await stage.case()).checks[0].state == "rejected"


async def test_withdrawn_and_edited_behind_more(stage):
    case = await asked(stage)
    await stage.on_card(YUKI, case, "more")
    view = json.dumps(stage.yuki.view["blocks"], ensure_ascii=False)
    assert "db-prod-01" in view
    await stage.press(YUKI, stage.yuki.view, "unask")

    assert (await stage.case()).checks[0].state == "withdrawn"
    assert "取り下げ" in stage.said_to(KEN)[-1].text


async def test_going_ahead_is_said_to_the_thread_and_the_lead(tmp_path):
    toml = TEAM.replace('backup = ["U03HANA"]', f'backup = ["U03HANA"]\nshift_leads = ["{MEI}"]')
    async with staged(tmp_path, toml=toml) as stage:
        case = await asked(stage)
        refused = await stage.mention(KEN, case, "check override ディスクが一杯")
        without = await stage.mention(YUKI, case, "確認依頼 緊急実施")
        before = len(stage.said_in(case))

        await stage.mention(YUKI, case, "確認依頼 緊急実施 10分後にディスクが一杯になります")

        (fact,) = [fact for fact in await stage.facts() if isinstance(fact, CheckOverridden)]
        assert (fact.by, fact.reason, fact.to) == (YUKI, "10分後にディスクが一杯になります", (MEI,))
        assert "できるのは" in refused or "緊急実施" in refused
        assert "確認依頼 1 緊急実施" in without
        (loud,) = stage.said_in(case)[before:]
        for said in (loud, stage.said_to(MEI)[-1], stage.card(case)):
            assert "10分後にディスクが一杯になります" in said.text
        await stage.mention(YUKI, case, "report")
        assert "緊急実施" in await stage.sev(HANA, "timeline 1")


async def test_nobody_answers_and_it_climbs_each_saying_why(tmp_path):
    toml = TEAM.replace('backup = ["U03HANA"]', f'backup = ["U03HANA"]\nshift_leads = ["{MEI}"]')
    async with staged(tmp_path, toml=toml) as stage:
        case = await asked(stage, f"{RESTORE} @hana")
        await stage.at("09:06")
        assert [len(stage.said_to(who)) for who in (HANA, KEN, MEI)] == [1, 1, 0]
        assert f"<@{HANA}>" in stage.said_to(KEN)[0].text, "why it is Ken's turn"
        await stage.at("09:11")
        (asked_lead,) = stage.said_to(MEI)
        assert f"<@{HANA}> <@{KEN}>" in asked_lead.text
        await stage.at("09:16")
        (called,) = [m for m in stage.slack.messages(case.channel) if "二重確認を待って" in m.text]
        assert "db-prod-01" in called.text
        await stage.at("09:31")
        assert "もう一度依頼" in stage.said_to(YUKI)[-1].text
        assert "期限が切れました" in await stage.sev(KEN, "approve 1 db-prod-01")
        assert "二重確認待ち" not in stage.card(case).text


async def test_mine_and_show_and_the_brief_know_it(stage):
    case = await asked(stage, f"{RESTORE} @hana")

    mine, seen = await stage.sev(HANA, "mine"), await stage.sev(MEI, "show 1")
    await stage.mention(YUKI, case, "handoff @mei よろしくお願いします")

    assert "確認をお願いされています: リストア: db-prod-01" in mine
    assert "二重確認待ち" in seen
    assert "戻し方: 旧ボリュームを残す" in stage.said_to(MEI)[-1].text
    await stage.sev(HANA, "approve 1 db-prod-01")
    assert "SEV-1" not in await stage.sev(HANA, "mine")
    assert "二重確認待ち" not in await stage.sev(MEI, "show 1")


async def test_every_fact_shows_in_the_timeline_and_the_answers_in_the_report(stage):
    case = await asked(stage)
    for who, words in (
        (KEN, "reject 障害より前のものです"),
        (YUKI, f"check {RESTORE}"),
        (YUKI, f"check {RESTORE.replace('02:00', '01:00')}"),
        (KEN, "approve db-prod-01"),
        (YUKI, "check done"),
        (YUKI, f"check {RESTORE}"),
        (YUKI, "check withdraw"),
        (YUKI, f"check {RESTORE}"),
        (YUKI, "check override 待てません"),
    ):
        await stage.mention(who, case, words)

    shown_lines = (await stage.sev(YUKI, "timeline 1")).split("\n")[1:]
    facts = await stage.facts()
    told = [line for fact, line in zip(facts, shown_lines, strict=True) if fact.kind.startswith("check_")]
    assert {fact.kind for fact in facts if fact.kind.startswith("check_")} == {
        kind.model_fields["kind"].default for kind in checks.SENTENCES
    }
    assert all("db-prod-01" in line for line in told)
    for word in ("障害より前のものです", "01:00のスナップショット", "入力: 「db-prod-01」", "待てません"):
        assert any(word in line for line in told)
    counted = [one.answer for one in account(await stage.case(), facts, stage.slack.clock.now()).checks]
    assert counted == ["rejected", "edited", "approved", "withdrawn", "overridden"]


async def test_closing_says_that_a_check_waits(stage):
    await asked(stage)
    await stage.mention(YUKI, await stage.case(), "contacted 電話 復旧をお伝え / 次回 9:40 確認")
    await stage.mention(YUKI, await stage.case(), "resolve 復旧")

    assert "二重確認待ちの作業があります" in await stage.mention(YUKI, await stage.case(), "close")


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("before", "who", "words"),
    [
        ("", YUKI, f"approve {'db-prod-01'}"),
        ("", YUKI, "reject 自分で差し戻し"),
        ("", KEN, "approve"),
        ("", KEN, "approve db-prod-02"),
        ("", KEN, "reject"),
        ("", KEN, "check withdraw"),
        ("", YUKI, "check override"),
        ("approve db-prod-01", KEN, "approve db-prod-01"),
        ("approve db-prod-01", MEI, "reject 反対です"),
        ("", YUKI, "check restore : 復元 / rollback: 残す"),
        ("", YUKI, "check restore db-prod-02: 復元"),
        ("", YUKI, "check"),
        ("", YUKI, f"check {RESTORE} @yuki"),
        ("", YUKI, f"check {RESTORE} @gita"),
        ("", YUKI, "check done"),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_what_is_refused_is_one_sentence_in_either_language(stage, before, who, words, language):
    stage.slack.state.change_person(who, locale="ja-JP" if language == "ja" else "en-US")
    case = await asked(stage)
    if before:
        await stage.mention(KEN, case, before)
    facts = await stage.facts()

    said = await stage.mention(who, case, words)

    assert await stage.facts() == facts
    assert said, "a refusal is never silent"
    assert in_japanese(said.split("\n")[0]) == (language == "ja")
    assert len(said.split("\n")) == 2, "one sentence, one example"


async def test_a_guest_approves_nothing(stage):
    case = await asked(stage)
    facts = await stage.facts()

    said = await stage.mention(GUEST, case, "approve db-prod-01")
    slash = await stage.sev(GUEST, "reject 1 no")

    assert said
    assert slash
    assert await stage.facts() == facts


async def test_a_closed_case_takes_no_check(stage):
    await stage.open_case()
    await stage.sev(YUKI, "close 1 anyway 重複")

    assert "reopen 1" in await stage.sev(YUKI, f"check 1 {RESTORE}")


# ---------------------------------------------------------------- terms that ask for one

STRICT = f"""{TEAM}
[policies.standard]
like = "standard"
[policies.standard.A]
double_check = ["severity", "close"]
"""


async def test_lowering_the_severity_waits_for_its_check_where_the_terms_say_so(tmp_path):
    async with staged(tmp_path, toml=STRICT) as stage:
        case = await stage.open_case()
        await stage.mention(KEN, case, "claim storage-backend")

        refused = await stage.mention(YUKI, case, "severity B 回避策で業務が再開")
        assert "確認依頼 1 severity B" in refused
        example = refused.split("確認依頼 1 ")[1]
        await stage.mention(YUKI, case, f"check {example}")
        await stage.mention(KEN, case, "approve B")
        assert (await stage.case()).severity == "A"
        await stage.mention(YUKI, case, "severity B 回避策で業務が再開")

        assert (await stage.case()).severity == "B"
        assert [kind for kind in await stage.kinds() if kind in ("check_used", "severity_changed")] == [
            "check_used", "severity_changed",
        ]  # fmt: skip


async def test_or_with_an_override_that_everybody_reads(tmp_path):
    async with staged(tmp_path, toml=STRICT) as stage:
        case = await stage.open_case()
        await stage.mention(YUKI, case, "check severity B: 回避策で再開 / rollback: A に戻す")
        await stage.mention(YUKI, case, "check override 誰も応答できません")
        await stage.mention(YUKI, case, "severity B 回避策で業務が再開")

        assert (await stage.case()).severity == "B"
        assert [f.unchecked for f in await stage.facts() if isinstance(f, CheckUsed)] == [True]
        assert "二重確認なし" in stage.said_in(case)[-2].text + stage.said_in(case)[-1].text


async def test_the_customer_is_told_whatever_waits(tmp_path):
    async with staged(tmp_path, toml=STRICT) as stage:
        case = await asked(stage)
        await stage.mention(YUKI, case, "contacted 電話 確認中とお伝え / 次回 9:40 結果を共有")
        await stage.mention(YUKI, case, "next 9:45 結果を共有 理由: お客様のご都合")

        assert (await stage.kinds())[-3:] == ["contact_made", "next_contact_promised", "next_contact_promised"]
        assert "お客様へのご連絡が確認を待つことはありません" in await stage.sev(YUKI, "plan 1")


async def test_outsiders_who_read_along_see_what_kind_of_step_it_is_and_no_more(tmp_path):
    toml = TEAM.replace('backup = ["U03HANA"]', 'backup = ["U03HANA"]\nshared = true')
    async with staged(tmp_path, toml=toml) as stage:
        case = await asked(stage)

        assert "db-prod-01" not in stage.card(case).text + shown(stage.card(case))
        assert "リストア" in stage.card(case).text
        assert "db-prod-01" in stage.said_to(KEN)[-1].text
        await stage.mention(KEN, case, "reject 北星様の世代です")
        await stage.mention(YUKI, case, f"check {RESTORE}")
        await stage.mention(KEN, case, "approve db-prod-01")
        await stage.sev(YUKI, "report 1")
        reports = [file.content for file in stage.slack.files.all.values()]
        assert reports
        for hidden in ("db-prod-01", "北星様"):
            assert not any(hidden.encode() in content for content in reports)
