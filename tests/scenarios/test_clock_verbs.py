"""The verbs of clocks as people use them: by button, slash and mention, in both languages."""

from datetime import timedelta

import pytest

from bot.domain.sla import clocks, standing
from tests.scenarios.test_clocks import OFFICE
from tests.stage import KEN, PHONED, SEV_A_EN, YUKI, area, shown, staged, tokyo

NIGHT = OFFICE.replace('policy = "office"', 'policy = "office"\ncustomer_hours = "jp-0900-1800"')
"""A channel whose customer is reached in office hours only."""


@pytest.fixture
async def office(tmp_path):
    async with staged(tmp_path, toml=OFFICE) as stage:
        yield stage


@pytest.fixture
async def night(tmp_path):
    async with staged(tmp_path, toml=NIGHT) as stage:
        yield stage


async def answered(stage, due="9:40"):
    """A case whose customer was called at once and promised another call."""
    case = await stage.open_case()
    await stage.mention(
        YUKI, case, f"contacted 電話 確認中とお伝えしました / next {due} ログの結果を共有 理由: お電話で合意"
    )
    return await stage.case()


async def act(stage, way, verb, line, **filled):
    """The same act as a button of "More" with its form, as a slash command, or as a mention."""
    case = await stage.case()
    if way == "button":
        await stage.yuki.click(stage.card(case), "more")
        await stage.press(YUKI, stage.yuki.view, verb, **filled)
        return stage.whispered(YUKI)
    if way == "slash":
        first, _, rest = line.partition(" ")
        return await stage.sev(YUKI, f"{first} 1 {rest}")
    return await stage.mention(YUKI, case, line)


WAYS = pytest.mark.parametrize("way", ["button", "slash", "mention"])


# ---------------------------------------------------------------- waiting for the customer


@WAYS
async def test_a_pause_waits_for_the_customer_and_no_promise_waits_with_it(office, way):
    await answered(office)

    await act(office, way, "pause", "保留 11:00 ログのご送付待ち", look_at="11:00", reason="ログのご送付待ち")

    case = await office.case()
    assert (case.paused.reason, [c.name for c in standing(case) if c.paused]) == ("ログのご送付待ち", ["resolution"])
    assert {c.name: c.due for c in clocks(case)} == {"next-contact": tokyo("9:40"), "look-again": tokyo("11:00")}
    card = office.card(case).text
    assert "お客様の対応待ち: ログのご送付待ち" in card
    assert "復旧目標: 停止中、残り 9時間" in card


async def test_somebody_looks_again_and_waits_on_or_goes_on(office):
    await answered(office, "12:00")
    await office.sev(YUKI, "保留 1 9:30 ログのご送付待ち")

    await office.at("9:30")

    asked = office.said_to(YUKI)[-1]
    assert "お客様" in asked.text
    assert [e["action_id"] for e in asked.blocks[-1]["elements"]] == ["wrote", "resume", "pause", "handoff"]
    await office.yuki.click(asked, "resume")
    await office.settle()
    case = await office.case()
    assert case.paused is None
    assert {c.name: c.due for c in clocks(case)}["resolution"] - tokyo("+1 9:30") < timedelta(minutes=1)


async def test_what_is_missing_for_a_pause_is_asked_for(office):
    case = await answered(office)

    refused = await office.mention(YUKI, case, "保留 お客様待ち")
    await office.sev(YUKI, "保留 1 お客様待ち")

    assert "pause 1 2時間 ログのご送付待ち" in refused
    fields = {b["block_id"]: b["element"] for b in office.yuki.view["blocks"] if b["type"] == "input"}
    assert fields["reason"]["initial_value"] == "お客様待ち"
    assert fields["look_at"]["initial_value"] == "11:00"


async def test_the_forms_say_what_is_wrong_at_the_field_that_is_wrong(office):
    await answered(office)
    await office.yuki.click(office.card(await office.case()), "more")
    await office.yuki.click(office.yuki.view, "pause")

    assert set(await office.yuki.submit({"look_at": "そのうち", "reason": "ログ"})) == {"look_at"}
    assert set(await office.yuki.submit({"look_at": "9:00", "reason": " "})) == {"reason"}


@WAYS
async def test_the_customer_wrote_and_a_reply_is_due(office, way):
    await answered(office)
    await office.at("9:20")

    await act(office, way, "wrote", "受信 10分前 ログを受領", wrote_at="9:10", text="ログを受領")

    reply = next(clock for clock in clocks(await office.case()) if clock.name == "next-reply")
    assert (reply.start, reply.due) == (tokyo("9:10"), tokyo("9:40"))
    assert (await office.facts())[-1].text == "ログを受領"


async def test_the_customers_words_end_the_wait(office):
    case = await answered(office, "12:00")
    await office.sev(YUKI, "保留 1 2時間後 ログのご送付待ち")

    said = await office.mention(KEN, case, "受信 ログを受領")

    assert (await office.case()).paused is None
    assert "ログを受領" in said


async def test_a_message_of_the_future_is_no_message(office):
    case = await answered(office)

    said = await office.mention(YUKI, case, "wrote 2026-11-24 23:00 logs")

    assert "wrote 1 10分前" in said
    assert (await office.case()).wrote_at is None


# ---------------------------------------------------------------- other terms


@WAYS
async def test_another_severity_takes_a_reason_and_counts_the_time_used(office, way):
    await answered(office)
    await office.at("9:30")

    said = await act(office, way, "severity", "重要度 B 回避策で業務が再開", severity="B", reason="回避策で業務が再開")

    case = await office.case()
    assert (case.severity, case.terms.severity) == ("B", "B")
    assert {c.name: c.due for c in clocks(case)}["resolution"] == tokyo("+2 9:00")
    assert "回避策で業務が再開" in said
    assert "11/26" in said


async def test_without_a_reason_the_form_asks_for_it(office):
    await answered(office)

    await office.sev(YUKI, "重要度 1 B")

    fields = {b["block_id"]: b["element"] for b in office.yuki.view["blocks"] if b["type"] == "input"}
    assert fields["severity"]["initial_option"]["value"] == "B"
    assert set(await office.yuki.submit({"severity": "B", "reason": " "})) == {"reason"}


async def test_the_plan_alone_shows_the_terms(office):
    await office.open_case()

    said = await office.sev(YUKI, "契約 1")

    assert "office 3" in said
    assert "初回応答: 15分" in said
    assert "jp-0900-1800" in said


async def test_another_plan_says_what_is_doubtful_about_it(office):
    await answered(office)

    said = await office.sev(YUKI, "plan 1 google-cloud-premium reason: contract looked up")

    case = await office.case()
    assert (case.terms.policy, case.plan) == ("google-cloud-premium", "google-cloud-premium")
    assert ("契約書でご確認ください" in said) == (case.terms.confidence in ("secondary", "unconfirmed"))


async def test_a_plan_that_nobody_knows_is_answered_with_near_ones(office):
    case = await answered(office)

    said = await office.mention(YUKI, case, "契約 googel-premium 理由: 契約書で確認")

    assert "google-cloud-premium" in said
    assert (await office.case()).terms.policy == "office"


async def test_the_settings_of_today_are_applied_on_purpose_only(office):
    await answered(office)
    office.bot.desk.adopt(
        office.bot.desk.config.model_copy(
            update={"policies": {**office.bot.desk.config.policies, "office": _longer(office)}}
        )
    )

    same = await office.sev(YUKI, "契約 1")
    await office.sev(YUKI, "契約 1 適用 理由: 設定を訂正")

    assert "版 4" in same
    case = await office.case()
    assert (case.terms.version, case.terms.next_contact) == ("4", timedelta(hours=2))


def _longer(stage):
    policy = stage.bot.desk.config.policies["office"]
    a = policy.A.model_copy(update={"next_contact": timedelta(hours=2)})
    return policy.model_copy(update={"version": "4", "A": a})


@WAYS
async def test_the_customers_deadline_is_set_and_moved_with_a_reason(office, way):
    await answered(office)

    await act(office, way, "deadline", "期限 明日 7:00 開店", deadline="明日 7:00 開店", reason="")
    again = await office.sev(YUKI, "期限 1 明日 8:00")

    case = await office.case()
    assert case.deadline == tokyo("+1 7:00")
    assert "理由" in again
    await office.sev(YUKI, "期限 1 なし 理由: 開店が翌日に変更")
    assert (await office.case()).deadline is None


# ---------------------------------------------------------------- vendors


@WAYS
async def test_a_vendor_is_an_area_that_waits(office, way):
    await answered(office)

    await act(office, way, "vendor", "ベンダー Contoso 15:00 番号: 4711 窓口: 伊藤様",
              name="Contoso", reference="4711", contact="伊藤様", promise_at="15:00")  # fmt: skip

    case = await office.case()
    waits = area(case, "vendor-1")
    assert (waits.name_ja, waits.holder, waits.verdict) == ("Contoso", YUKI, "waiting")
    assert waits.evidence == "Contoso · 4711 · 伊藤様"
    assert {c.name: c.due for c in clocks(case)}["vendor"] == tokyo("15:00")
    assert "Contoso · 4711 · 伊藤様" in office.card(case).text


async def test_the_vendors_answer_is_looked_at_by_whoever_asked(office):
    await answered(office, "12:00")
    await office.sev(YUKI, "vendor 1 Contoso 9:30 reference: 4711")
    await office.at("9:30")
    asked = office.said_to(YUKI)[-1]
    assert "Contoso" in asked.text

    await office.press(YUKI, asked, "answered", text="ファームウェアが原因")

    case = await office.case()
    assert (area(case, "vendor-1").state, area(case, "vendor-1").evidence) == ("claimed", "ファームウェアが原因")
    assert not any(clock.name == "vendor" for clock in clocks(case))


async def test_of_two_vendors_the_one_that_answered_is_named(office):
    case = await answered(office)
    await office.sev(YUKI, "vendor 1 Contoso 15:00")
    await office.sev(YUKI, "vendor 1 Fabrikam look: 14:00")

    which = await office.mention(YUKI, case, "ベンダー 回答 原因が判明")
    await office.mention(YUKI, case, "ベンダー 回答 Fabrikam 原因が判明")

    assert "1 Contoso" in which
    assert [v.name for v in (await office.case()).vendors if v.answered_at] == ["Fabrikam"]


async def test_a_vendor_without_a_time_is_refused_with_an_example(office):
    case = await answered(office)

    assert "vendor 1 Contoso 15:00" in await office.mention(YUKI, case, "ベンダー Contoso")


# ---------------------------------------------------------------- the sum


async def test_the_sum_behind_a_due_time_adds_up_on_the_button_and_in_words(office):
    await answered(office)
    await office.at("9:30")

    by_button = await office.on_card(YUKI, await office.case(), "clocks")
    said = await office.sev(YUKI, "表示 1 時計 復旧目標")
    english = await office.sev("U02BOB", "show 1 clocks resolution")

    assert "お約束した時刻です" in by_button
    for line in ("＋ 9時間", "営業時間内", "＝ 9時間"):
        assert line in said
    assert "1 営業日(9時間)" in said
    assert "期限の内訳" in said
    assert "within hours" in english or "営業時間内" in english


async def test_a_clock_that_is_not_there_is_answered_with_those_that_are(office):
    await answered(office)

    assert "first-response" in await office.sev(YUKI, "時計 1 夕飯")


async def test_a_pause_and_a_night_stand_in_the_sum_with_their_reasons(office):
    await answered(office, "12:00")
    await office.sev(YUKI, "保留 1 2時間後 ログのご送付待ち")
    await office.at("10:00")
    await office.sev(YUKI, "再開 1")

    said = await office.sev(YUKI, "時計 1 resolution")

    assert "－ 59分58秒 は数えない" in said
    assert "お客様の対応待ち: ログのご送付待ち" in said
    assert "営業時間外" in said


# ---------------------------------------------------------------- the customer's hours


async def test_a_call_at_night_is_asked_back_and_can_be_meant(night):
    case = await night.open_case()

    refused = await night.mention(YUKI, case, "contacted 電話 確認中 / next 23:00 結果を送付 理由: 電話で合意")
    await night.mention(YUKI, case, "contacted 電話 確認中 / next 23:00 結果を送付 理由: 電話で合意 時間外: 可")

    assert "お客様の営業時間外です" in refused
    assert "時間外: 可" in refused
    assert (await night.case()).promise.due == tokyo("23:00")


async def test_the_form_asks_back_at_a_box_to_tick(night):
    case = await night.open_case()
    await night.yuki.click(night.card(case), "contacted")
    filled = {**PHONED, "next_at": "23:00", "reason": "電話で合意"}

    refused = await night.yuki.submit(filled)
    assert set(refused) == {"outside"}
    assert await night.yuki.submit({**filled, "outside": ["yes"]}) is None
    await night.settle()
    assert (await night.case()).promise.due == tokyo("23:00")


async def test_at_night_the_card_says_outside_hours_and_not_waiting_for_the_customer(office):
    await answered(office, "9:40")
    await office.at("18:30")
    await office.sev(YUKI, "受信 1 ログを受領")

    card = office.card(await office.case()).text
    assert "営業時間外" in card
    assert "対応待ち" not in card


# ---------------------------------------------------------------- small things


async def test_im_on_it_for_five_minutes(office):
    await answered(office)
    await office.at("9:40")

    await office.sev(YUKI, "対応中 1 5分")
    too_long = await office.sev(YUKI, "対応中 1 3時間")

    assert (await office.case()).held_until == tokyo("9:45")
    assert "10分" in too_long or "15分" in too_long


async def test_in_english_it_is_english(office):
    case = await office.open_case("[SevA] Checkout is down", SEV_A_EN, "U02BOB")

    said = await office.mention("U02BOB", case, "clocks")
    more = shown(office.card(case))

    assert "how its due times come about" in said
    assert "counted round the clock" in said
    assert "Clocks" in more


@pytest.mark.parametrize(("button", "word"), [("clocks", "期限の内訳"), ("terms", "契約条件: office 3")])
async def test_in_more_what_is_to_be_read_opens_on_top_of_it(office, button, word):
    await answered(office)
    await office.yuki.click(office.card(await office.case()), "more")

    await office.yuki.click(office.yuki.view, button)

    assert word in shown_view(office.yuki.view)


def shown_view(view):
    return "\n".join(block["text"]["text"] for block in view["blocks"] if "text" in block)
