"""Standing: who looks for a case finds it: by next due, in words, as a timeline, on the home tab."""

import json

from bot.domain import messages
from handlers.views import checks, clock_facts, kin_facts, parts, run_facts
from tests.stage import ALEX, BOB, HANA, KEN, MEI, MEMBER, SEV_A, SEV_A_EN, YUKI

URGENT = "[SevA] 倉庫システムが停止"


def home(person):
    return json.dumps(person.home["blocks"], ensure_ascii=False)


async def two_cases(stage):
    """SEV-1 of Yuki, promised for 9:40, and SEV-2 of Hana, due at 9:15; Ken looks at the firewall of SEV-2."""
    first = await stage.open_case()
    await stage.mention(YUKI, first, "contacted 電話 確認中 / next 9:40 ログの結果を共有")
    second = await stage.open_case(URGENT, who=HANA)
    await stage.sev(KEN, "claim 2 network")
    return await stage.case(1), await stage.case(2), second


async def test_the_list_has_what_is_due_next_first(stage):
    await two_cases(stage)

    listed = await stage.sev(MEI, "list")

    assert 0 <= listed.index("SEV-2") < listed.index("SEV-1")
    assert listed.index("09:15") < listed.index("09:40")


async def test_the_list_is_that_of_the_channel_and_knows_no_closed_case(stage):
    await stage.open_case()
    await stage.open_case("[SevA] POS is down", channel=SEV_A_EN, who=BOB)
    await stage.sev(YUKI, "close 1 anyway 重複")

    assert "SEV-" not in await stage.sev(MEI, "list")
    assert "SEV-2" in await stage.sev(ALEX, "list", channel=SEV_A_EN)


async def test_mine_is_what_i_own_and_hold(stage):
    await two_cases(stage)

    assert ["SEV-1" in (said := await stage.sev(YUKI, "mine")), "SEV-2" in said] == [True, False]
    assert ["SEV-1" in (said := await stage.sev(KEN, "mine")), "SEV-2" in said] == [False, True]
    assert "SEV-" not in await stage.sev(MEI, "mine")


async def test_show_says_what_the_card_says(stage):
    await two_cases(stage)

    shown = await stage.sev(MEI, "show 1")

    for word in ("SEV-1", "店舗POSのWebサーバーに接続できない", "西日本リテール様", "2411230010001234", "09:40",
                 "ログの結果を共有", f"<@{YUKI}>"):  # fmt: skip
        assert word in shown
    assert await stage.sev(MEI, "1") == shown, "a number alone shows the case"


async def test_each_reads_times_in_the_own_zone_beside_the_customers(stage):
    await two_cases(stage)

    shown = await stage.sev(ALEX, "show 1")

    assert "16:40 PST" in shown
    assert "09:40 JST" in shown


async def test_a_note_is_kept_whole(stage):
    case = await stage.open_case()

    answer = await stage.mention(KEN, case, "note 一行目\n二行目 <https://example.com|手順>")

    noted = (await stage.facts())[-1]
    assert (noted.by, noted.text) == (KEN, "一行目\n二行目 <https://example.com|手順>")
    assert "SEV-1" in answer
    assert "一行目" in await stage.sev(MEI, "timeline 1")


async def test_every_fact_shows_in_the_timeline(stage):
    """One line for each fact that can happen, with whoever did it and what they typed."""
    case = await stage.open_case()
    for who, words in (
        (YUKI, "contacted 電話 最初の連絡 / next 9:40 結果を共有"),
        (YUKI, "next 9:45 reason: 会議のため"),
        (KEN, "claim firewall"),
        (MEI, "join firewall"),
        (KEN, "suspect firewall 拒否ログあり"),
        (MEI, "release firewall"),
        (HANA, "claim new: 社内プロキシ"),
        (YUKI, "ack"),
        (YUKI, "edit impact: 全店舗で会計不可"),
        (YUKI, "handoff @ken 交代をお願い"),
        (KEN, "decline 電話中"),
        (YUKI, "handoff @ken もう一度お願い"),
        (YUKI, "handoff withdraw"),
        (YUKI, "handoff @mei 交代をお願い"),
        (MEI, "accept 規則を確認"),
        (MEI, "swarm 設定に詳しい方"),
        (MEI, "note 経過の覚え書き"),
        (ALEX, "note 一時的に参加"),
        (ALEX, "leave"),
        (MEI, "report"),
    ):
        await stage.mention(who, case, words)
    await stage.bob.post(case.channel, "見ています", thread_ts=case.thread)
    await stage.at("09:35")
    for words in ("resolve 規則を修正", "close 1 anyway 報告は別途", "reopen 1 再発"):
        await stage.sev(MEI, words)
    await stage.slack.deactivate(MEI)
    await stage.settle()
    await stage.bot.records.forget(BOB)

    facts = await stage.facts()
    shown = (await stage.sev(YUKI, "timeline 1")).split("\n")[1:]

    elsewhere = (*clock_facts.SENTENCES, *kin_facts.SENTENCES)  # told in test_clocks.py and test_parents.py
    of_others = {kind.model_fields["kind"].default for kind in elsewhere}
    unseen = {"thread_started", "thread_lost", "place_lost", "place_found", "sharing_changed"}
    unseen |= {"nudge_came", "item_ticked"}  # told in test_nudges.py and test_checklist.py
    unseen |= {kind.model_fields["kind"].default for kind in checks.SENTENCES}  # told in test_checks.py
    unseen |= {kind.model_fields["kind"].default for kind in run_facts.SENTENCES}  # told in test_runbooks.py
    unseen |= {f"task_{what}" for what in ("asked", "accepted", "declined", "done", "withdrawn")}  # in test_tasks.py
    kinds = {getattr(messages, name).model_fields["kind"].default for name in dir(messages)
             if isinstance(getattr(messages, name), type) and issubclass(getattr(messages, name), messages.FactBase)
             and "kind" in getattr(messages, name).model_fields} - of_others  # fmt: skip
    assert kinds - {fact.kind for fact in facts} == unseen
    assert len(shown) == len(facts)
    for fact, line in zip(facts, shown, strict=True):
        assert not fact.by or parts.person(fact.by) in line
        for typed in ("said", "action", "evidence", "reason", "asking", "text", "note", "how"):
            value = getattr(fact, typed, "")
            assert value in line or value == "phone"


async def test_the_timeline_of_a_long_case_says_that_it_is_the_latest_part(stage):
    case = await stage.open_case()
    for number in range(35):
        await stage.bot.desk.handle(
            messages.AddNote(delivery=f"note-{number}", by=KEN, case=case.number, text=f"覚え書き{number:02}"),
            MEMBER,
        )

    shown = await stage.sev(YUKI, "timeline 1")

    assert "覚え書き34" in shown
    assert "覚え書き05" in shown
    assert "覚え書き04" not in shown
    assert "36" in shown.split("\n")[0]


# ---------------------------------------------------------------- the home tab


async def test_the_home_tab_shows_what_i_own_and_hold_by_next_due(stage):
    await two_cases(stage)
    await stage.sev(YUKI, "claim 2 storage")

    for person in (stage.yuki, stage.ken, stage.mei):
        await person.open_home()
    await stage.settle()

    assert 0 <= home(stage.yuki).index("SEV-2") < home(stage.yuki).index("SEV-1")
    assert ["SEV-1" in home(stage.ken), "SEV-2" in home(stage.ken)] == [False, True]
    assert "SEV-" not in home(stage.mei)


async def test_the_buttons_of_the_home_tab_work_and_it_is_drawn_anew(stage):
    await two_cases(stage)
    for person in (stage.yuki, stage.ken):
        await person.open_home()
    await stage.settle()

    said = {"said": "復旧見込みを共有", "next_at": "9:55", "next_action": "再確認"}
    assert await stage.press(YUKI, stage.yuki.home, "contacted", **said) is None
    echoed = json.dumps(stage.yuki.view["blocks"], ensure_ascii=False)
    await stage.yuki.close_view()
    await stage.press(KEN, stage.ken.home, "more")
    await stage.ken.click(stage.ken.view, "claim", option="2 storage-backend")
    await stage.settle()

    assert "09:55" in echoed, "the home tab has no place for an answer but a modal"
    assert (await stage.case(1)).last_contact.said == "復旧見込みを共有"
    assert [a.key for a in (await stage.case(2)).areas if a.holder == KEN] == ["network-path", "storage-backend"]
    assert "09:55" in home(stage.yuki)
    await stage.sev(YUKI, "close 1 anyway 完了")
    assert "SEV-1" not in home(stage.yuki)


async def test_an_old_button_of_the_home_tab_is_refused_in_a_modal(stage):
    """Nobody draws the tab anew before it is pressed: the case was closed a moment ago."""
    await two_cases(stage)
    await stage.yuki.open_home()
    await stage.settle()
    await stage.yuki.command("/sev", "close 1 anyway 重複", channel=SEV_A)

    await stage.yuki.click(stage.yuki.home, "contacted")

    assert "/sev reopen 1" in json.dumps(stage.yuki.view["blocks"], ensure_ascii=False)


async def test_a_case_that_changes_hands_moves_from_one_home_tab_to_the_other(stage):
    await two_cases(stage)
    for person in (stage.yuki, stage.mei):
        await person.open_home()
    await stage.settle()

    await stage.sev(MEI, "handoff 1 @mei")

    assert "SEV-1" not in home(stage.yuki)
    assert "SEV-1" in home(stage.mei)


async def test_a_home_tab_that_nobody_opened_is_not_drawn(stage):
    await two_cases(stage)

    assert stage.slack.calls("views.publish") == []
