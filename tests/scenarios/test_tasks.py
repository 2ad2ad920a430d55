"""Tasks: a part of the work for a colleague. The card says it to everybody, and only the two are spoken to."""

import json

import pytest

from bot.domain.messages import AcceptTask, TaskAsked, TaskDone
from bot.domain.values import DeliveryId
from tests.stage import (
    ALEX,
    BOB,
    GONE,
    GUEST,
    HANA,
    KEN,
    MEI,
    MEMBER,
    PARTNER,
    RELAY,
    SEV_A,
    TEAM,
    YUKI,
    in_japanese,
    shown,
    staged,
    tokyo,
)

ASKED = "依頼 @ken ファイアウォール 拒否ログの確認 9:40まで"


async def asked(stage, words=ASKED, who=YUKI):
    """A case whose owner asked Ken for the logs."""
    case = await stage.open_case()
    await stage.mention(YUKI, case, "contacted 電話 確認中 / next 10:40 結果 理由: お電話で合意")
    await stage.mention(who, case, words)
    return await stage.case()


def buttons(message):
    """The action ids in rows and beside lines."""
    rows = [e["action_id"] for b in message.blocks for e in b.get("elements", []) if "action_id" in e]
    return rows + [b["accessory"]["action_id"] for b in message.blocks if b.get("accessory")]


# ---------------------------------------------------------------- asked


@pytest.mark.parametrize(
    "words",
    [
        "task @ken firewall check the denies by 09:40",
        "ask @ken firewall check the denies 9:40",
        "依頼 @ken さん firewall check the denies 9:40までにお願いします",
        "依頼します @ken check the denies 領域: firewall / 期限: 9:40",
    ],
)
async def test_one_line_is_enough(stage, words):
    case = await asked(stage, words)

    (task,) = case.tasks
    assert (task.by, task.to, task.area, task.text) == (YUKI, KEN, "firewall", "check the denies")
    assert task.due == tokyo("9:40")


async def test_who_is_asked_reads_it_in_a_direct_message_and_the_thread_only_on_the_card(stage):
    case = await stage.open_case()
    answer = await stage.mention(YUKI, case, ASKED)

    assert "11/24(火) 09:40 日本時間" in answer
    assert f"<@{KEN}>" in answer
    (request,) = stage.said_to(KEN)
    for word in ("SEV-1", "拒否ログの確認", "経路上のファイアウォール", "09:40 日本時間", "店舗POSの", f"<@{YUKI}>"):
        assert word in request.text
    assert buttons(request) == ["task-accept", "task-done", "task-decline"]
    card = stage.card(case)
    assert "拒否ログの確認 · 11/24(火) 09:40 日本時間 まで · 返事待ち" in card.text
    assert stage.said_in(case) == []
    assert stage.said_to(YUKI) == []
    assert (await stage.case()).people == ()


async def test_without_a_time_half_the_cadence_is_said_back(stage):
    case = await stage.open_case()

    answer = await stage.sev(YUKI, "task 1 @ken check the denies")

    (task,) = (await stage.case()).tasks
    assert (task.area, task.due) == (None, tokyo("9:30"))
    assert "09:30 日本時間" in answer
    assert await stage.mention(ALEX, case, "task @bob look at the disks") != ""
    assert "Mon 23 Nov 16:30 PST" in stage.whispered(ALEX), "each in the own zone"


@pytest.mark.parametrize("way", ["more", "own area", "slash"])
async def test_the_form_asks_for_what_is_left_out(stage, way):
    case = await stage.open_case()
    await stage.sev(YUKI, "claim 1 firewall")
    if way == "slash":
        await stage.sev(YUKI, "task 1 firewall 拒否ログの確認 9:40まで")
    else:
        await stage.press(YUKI, stage.card(case), "more")
        await stage.yuki.click(stage.yuki.view, "task", value="1 firewall" if way == "own area" else "1")
    view = json.dumps(stage.yuki.view, ensure_ascii=False)

    assert stage.yuki.view["callback_id"] == "task"
    assert ('"initial_option"' in view) == (way != "more")
    filled = {"to": KEN} if way == "slash" else {"to": KEN, "text": "拒否ログの確認", "due": "9:40"}
    assert await stage.yuki.submit(filled) is None
    await stage.settle()
    (task,) = (await stage.case()).tasks
    assert (task.to, task.text, task.due) == (KEN, "拒否ログの確認", tokyo("9:40"))
    assert task.area == (None if way == "more" else "firewall")


# ---------------------------------------------------------------- answered


@pytest.mark.parametrize("way", ["button", "mention", "slash", "more"])
async def test_taken_on_by_one_press_or_word(stage, way):
    case = await asked(stage)
    (request,) = stage.said_to(KEN)

    if way == "button":
        await stage.press(KEN, request, "task-accept")
    elif way == "mention":
        await stage.mention(KEN, case, "task accept")
    elif way == "slash":
        await stage.sev(KEN, "依頼 1 承諾 1")
    else:
        await stage.press(KEN, stage.card(case), "more")
        await stage.ken.click(stage.ken.view, "task-accept")
        await stage.settle()

    case = await stage.case()
    assert (case.tasks[0].state, case.people) == ("accepted", (KEN,))
    assert "09:40 日本時間 まで · 引き受け済み" in stage.card(case).text
    assert (stage.said_to(YUKI), stage.said_in(case), len(stage.said_to(KEN))) == ([], [], 1)


@pytest.mark.parametrize("way", ["button", "mention", "slash"])
async def test_done_comes_to_whoever_asked_and_may_become_a_finding(stage, way):
    case = await asked(stage)
    if way == "button":
        assert await stage.press(KEN, stage.said_to(KEN)[0], "task-done", result="23:38 以降 443 を拒否") is None
    elif way == "mention":
        await stage.mention(KEN, case, "依頼 完了 23:38 以降 443 を拒否")
    else:
        await stage.sev(KEN, "task 1 done 1 23:38 以降 443 を拒否")

    case = await stage.case()
    done = (await stage.facts())[-1]
    assert done == TaskDone(by=KEN, at=case.changed_at, task=1, asker=YUKI, result="23:38 以降 443 を拒否",
                            due=tokyo("9:40"))  # fmt: skip
    (news,) = stage.said_to(YUKI)
    assert "結果: 23:38 以降 443 を拒否" in news.text
    assert "拒否ログの確認" not in stage.card(case).text, "nothing is open any more"
    assert "依頼 1 を完了: 23:38 以降 443 を拒否" in await stage.sev(MEI, "経過 1")

    assert buttons(news) == ["task-finding"]
    assert await stage.press(YUKI, news, "task-finding", verdict="suspect") is None
    found = (await stage.facts())[-1]
    assert (found.kind, found.area, found.evidence) == ("finding_reported", "firewall", "23:38 以降 443 を拒否")


async def test_declined_with_a_reason_it_is_asked_of_somebody_else(stage):
    await asked(stage)

    assert await stage.press(KEN, stage.said_to(KEN)[0], "task-decline", reason="別案件の電話中") is None

    case = await stage.case()
    assert (case.tasks[0].state, case.people) == ("declined", ())
    (news,) = stage.said_to(YUKI)
    assert "理由: 別案件の電話中" in news.text
    assert await stage.press(YUKI, news, "task", to=MEI) is None
    case = await stage.case()
    second = case.tasks[1]
    assert (second.to, second.area, second.text, second.due) == (MEI, "firewall", "拒否ログの確認", tokyo("9:40"))
    assert len(stage.said_to(MEI)) == 1


@pytest.mark.parametrize("way", ["mention", "more"])
async def test_taken_back_whoever_was_asked_hears_it(stage, way):
    case = await asked(stage)
    request = stage.said_to(KEN)[0]
    if way == "mention":
        await stage.mention(YUKI, case, "task withdraw")
    else:
        await stage.press(YUKI, stage.card(case), "more")
        await stage.press(YUKI, stage.yuki.view, "task-withdraw")

    assert (await stage.kinds())[-1] == "task_withdrawn"
    assert "対応は不要です" in stage.said_to(KEN)[-1].text
    await stage.press(KEN, request, "task-done")
    assert stage.ken.view is None, "nobody fills in a form to be refused afterwards"
    assert "取り消されたか" in stage.whispered(KEN)


# ---------------------------------------------------------------- asked again


async def test_without_an_answer_each_side_is_asked_once(stage):
    case = await asked(stage)

    await stage.at("9:05")
    assert len(stage.said_to(KEN)) == 1
    await stage.at("9:06")
    assert f"<@{YUKI}> さんが、依頼へのお返事を待っています" in stage.said_to(KEN)[-1].text
    assert buttons(stage.said_to(KEN)[-1]) == ["task-accept", "task-done", "task-decline"]
    await stage.at("9:11")
    (told,) = stage.said_to(YUKI)
    assert f"<@{KEN}> さんから、依頼へのお返事がまだありません" in told.text
    await stage.at("9:39")
    assert (len(stage.said_to(KEN)), len(stage.said_to(YUKI)), stage.said_in(case)) == (2, 1, [])


async def test_past_its_time_whoever_took_it_on_and_then_those_who_wait(stage):
    case = await asked(stage, who=HANA)
    await stage.press(KEN, stage.said_to(KEN)[0], "task-accept")

    await stage.at("9:40")
    assert "引き受けた依頼の期限になりました" in stage.said_to(KEN)[-1].text
    assert "期限超過" in stage.card(case).text
    assert (stage.said_to(HANA), stage.said_to(YUKI)) == ([], [])
    await stage.at("9:50")
    for waiting in (HANA, YUKI):
        (told,) = stage.said_to(waiting)
        assert f"<@{KEN}> さんへの依頼が期限を過ぎています" in told.text
        assert buttons(told) == ["task", "task-withdraw"]
    await stage.at("10:20")
    assert (len(stage.said_to(KEN)), len(stage.said_to(HANA)), stage.said_in(case)) == (2, 1, [])


async def test_who_answers_in_time_is_left_in_peace(stage):
    await asked(stage)
    await stage.mention(KEN, await stage.case(), "task done 拒否なし")

    await stage.at("10:20")

    assert (len(stage.said_to(KEN)), len(stage.said_to(YUKI))) == (1, 1)


async def test_what_is_due_while_slack_is_down_is_said_once_and_only_if_it_is_still_so(stage):
    await asked(stage)
    await stage.slack.down(True)
    await stage.at("9:05")
    taken = AcceptTask(delivery=DeliveryId("taken"), by=KEN, case=(await stage.case()).number)
    await stage.bot.desk.handle(taken, MEMBER)
    await stage.slack.down(False)
    await stage.after(minutes=1)
    await stage.after(minutes=1)

    assert len(stage.said_to(KEN)) == 1


# ---------------------------------------------------------------- where it stands


async def test_it_stands_where_people_look(stage):
    case = await asked(stage)

    assert "拒否ログの確認" in await stage.sev(MEI, "show 1")
    assert "あなたへの依頼: 1" in await stage.sev(KEN, "mine")
    assert "SEV-1" not in await stage.sev(MEI, "mine")
    await stage.ken.open_home()
    await stage.settle()
    assert "拒否ログの確認" in json.dumps(stage.ken.home["blocks"], ensure_ascii=False)
    await stage.mention(YUKI, case, "handoff @hana 交代をお願い")
    assert "拒否ログの確認" in stage.said_to(HANA)[-1].text, "the brief"


async def test_everything_that_becomes_of_one_stands_in_the_timeline(stage):
    case = await asked(stage)
    for who, words in (
        (KEN, "task accept"),
        (KEN, "task done 拒否なし"),
        (YUKI, "task @ken 次の依頼 9:50まで"),
        (KEN, "task decline 手が離せない"),
        (YUKI, "task @hana 三つ目の依頼 9:50まで"),
        (YUKI, "task withdraw"),
    ):
        await stage.mention(who, case, words)

    told = (await stage.sev(MEI, "timeline 1")).split("\n")[-7:]

    assert [line.partition("日本時間 ")[2] for line in told] == [
        f"<@{YUKI}> <@{KEN}> さんに依頼 1: 経路上のファイアウォール・セキュリティ規則: 拒否ログの確認、"
        "11/24(火) 09:40 日本時間 まで",
        f"<@{KEN}> 依頼 1 を引き受け: 経路上のファイアウォール・セキュリティ規則: 拒否ログの確認",
        f"<@{KEN}> 依頼 1 を完了: 拒否なし",
        f"<@{YUKI}> <@{KEN}> さんに依頼 2: 次の依頼、11/24(火) 09:50 日本時間 まで",
        f"<@{KEN}> 依頼 2 を辞退: 手が離せない",
        f"<@{YUKI}> <@{HANA}> さんに依頼 3: 三つ目の依頼、11/24(火) 09:50 日本時間 まで",
        f"<@{YUKI}> <@{HANA}> さんへの依頼 3 を取り消し",
    ]


async def test_closing_lists_what_is_open_and_whoever_works_on_it_hears_of_the_end(stage):
    case = await asked(stage)
    await stage.press(KEN, stage.said_to(KEN)[0], "task-accept")

    answer = await stage.mention(YUKI, case, "close")

    assert "依頼 1 が終わっていません" in answer
    await stage.mention(YUKI, case, "close anyway 重複")
    assert (
        f"<@{KEN}> さんへの依頼 1 が終わっていません: 経路上のファイアウォール・セキュリティ規則: 拒否ログの確認"
        in (stage.said_to(KEN)[-1].text)
    )


async def test_an_owner_without_a_next_action_is_offered_the_open_task(tmp_path):
    asking = TEAM.replace("nudges = false # stories about other things are not interrupted; test_nudges.py", "#")
    async with staged(tmp_path, toml=asking) as stage:
        case = await stage.open_case()
        await stage.mention(YUKI, case, "task @ken firewall 拒否ログの確認")
        await stage.mention(KEN, case, "task accept")

        await stage.at("9:10")

        assert "対応中の依頼の結果を確認する: 拒否ログの確認" in shown(stage.said_to(YUKI)[-1])


async def test_who_leaves_the_workspace_gives_everything_back(stage):
    await asked(stage)

    await stage.slack.deactivate(KEN)
    await stage.settle()

    assert (await stage.case()).tasks[0].state == "withdrawn"
    (news,) = stage.said_to(YUKI)
    assert "アカウントが無効になりました" in news.text
    assert buttons(news) == ["task"]


async def test_outsiders_who_read_along_do_not_see_what_colleagues_ask_each_other(stage):
    case = await asked(stage)

    await stage.bot.desk.mark_shared(case.channel, True)
    await stage.settle()

    assert "拒否ログの確認" not in shown(stage.card(case))
    assert f"<@{KEN}>" in shown(stage.card(case))


# ---------------------------------------------------------------- twice, late, after a crash


async def test_the_same_request_twice_is_one(stage):
    case = await asked(stage)

    answer = await stage.mention(YUKI, case, ASKED)

    assert "すでに同じ依頼をしています" in answer
    assert len((await stage.case()).tasks) == len(stage.said_to(KEN)) == 1


@pytest.mark.parametrize("words", ["task 1 accept", "task 1 done 拒否なし", "task 1 decline 手が離せません"])
async def test_an_answer_delivered_twice_is_answered_the_same(stage, words):
    await asked(stage)
    command, channel = stage.slack.app.commands["/sev"], stage.slack.state.channels[SEV_A]
    payload = stage.slack.interactions.command(stage.ken.person, command, words, channel)

    said = []
    for _ in range(2):
        ack = await stage.slack.inbound.ask("slash_commands", payload, answers=True)
        await stage.settle()
        said.append(ack.body["text"])

    assert said[0] == said[1]
    assert "すでに" not in said[0]


async def test_a_name_in_angle_brackets_is_kept_whole(stage):
    await stage.open_case()
    await stage.sev(YUKI, "task 1 @ken check <db-01>")

    assert (await stage.case()).tasks[0].text == "check <db-01>"


async def test_a_press_delivered_twice_has_the_effect_of_one(stage):
    await asked(stage)
    request = stage.said_to(KEN)[0]
    await stage.press(KEN, request, "task-accept")
    entry = next(e for e in reversed(stage.slack.state.journal.since(0)) if e.name == "block_actions task-accept")

    assert (await stage.slack.inbound.ask("interactive", entry.said, answers=True)).status == 200
    await stage.settle()

    assert (await stage.kinds()).count("task_accepted") == 1


async def test_what_was_asked_before_a_crash_is_said_once_by_the_next_process(tmp_path, slack):
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        slack.faults.add("chat.postMessage", "drop_after", channel=KEN)  # it stands there, and nobody knows
        await stage.yuki.command("/sev", "task 1 @ken 拒否ログの確認 9:40まで", channel=SEV_A)
        await stage.bot.settle()
    async with staged(tmp_path, slack=slack) as again:
        await again.after(minutes=1)
        await again.after(minutes=1)

        assert len(again.said_to(KEN)) == 1
        await again.press(KEN, again.said_to(KEN)[0], "task-accept")
        assert (await again.case()).tasks[0].state == "accepted"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("who", "words", "rule"),
    [
        (YUKI, "task", "どなたに"),
        (YUKI, "task @ken", "何をしてほしいか"),
        (YUKI, "task @ken by 9:30", "何をしてほしいか"),
        (YUKI, "task @yuki ログの確認", "領域を引き受けてください"),
        (YUKI, "task @ken ログの確認 期限: 2026-11-23 15:00", "11/23(月) 15:00 日本時間 はもう過ぎています"),
        (YUKI, "task @ken ログの確認 期限: そのうち", "時刻"),
        (YUKI, "task @ken ログの確認 領域: 冷蔵庫", "冷蔵庫"),
        (KEN, "task accept", "いま答える依頼はありません"),
        (KEN, "task done 7 拒否なし", "依頼 7 はありません"),
        (KEN, "task withdraw 7", "依頼 7 はありません"),
    ],
)
async def test_each_refusal_is_one_sentence_and_one_example(stage, who, words, rule):
    case = await stage.open_case()
    before = await stage.case()

    answer = await stage.mention(who, case, words)

    sentence, example = answer.split("\n")
    assert rule in sentence
    assert in_japanese(sentence)
    assert example.startswith("例: ")
    assert await stage.case() == before
    assert (stage.said_to(KEN), stage.said_in(case)) == ([], [])


async def test_an_area_with_two_hundred_signs_is_refused_in_one_sentence(stage):
    case = await stage.open_case()

    for words in (f"task @ken ログの確認 領域: {'長' * 220}", f"claim {'長' * 220}", f"claim new: {'長' * 220}"):
        sentence, *example = (await stage.mention(YUKI, case, words)).split("\n")
        assert len(sentence) < 200
        assert in_japanese(sentence)
        assert len(example) <= 1

    assert await stage.kinds() == ["case_opened"]


@pytest.mark.parametrize(
    ("before", "who", "words", "rule"),
    [
        ("task accept", KEN, "task accept", "すでに引き受けています"),
        (None, MEI, "task accept 1", "ほかの方は答えられません"),
        (None, MEI, "task withdraw 1", "取り消せるのは"),
        (None, KEN, "task withdraw 1", "できない理由を一行で"),
        (None, KEN, "task decline", "できない理由を一行で"),
        (None, KEN, "task done", "結果を一行で"),
        ("task done 拒否なし", KEN, "task accept", "すでに完了しています"),
        ("task decline 別件", KEN, "task done 1 拒否なし", "辞退された"),
    ],
)
async def test_answers_that_do_not_fit(stage, before, who, words, rule):
    case = await asked(stage)
    if before:
        await stage.mention(KEN, case, before)
    seen = await stage.kinds()

    answer = await stage.mention(who, case, words)

    assert rule in answer.split("\n")[0]
    assert await stage.kinds() == seen


@pytest.mark.parametrize("to", [GUEST, RELAY, PARTNER, GONE])
@pytest.mark.parametrize("way", ["mention", "modal"])
async def test_who_is_not_of_the_team_cannot_be_asked(stage, way, to):
    case = await stage.open_case()

    if way == "mention":
        words = f"<@{stage.slack.bot_user_id}> task <@{to}> 拒否ログの確認"
        await stage.yuki.post(case.channel, words, case.thread, as_stored=True)
        await stage.settle()
        refused = stage.whispered(YUKI)
    else:
        await stage.press(YUKI, stage.card(case), "more")
        errors = await stage.press(YUKI, stage.yuki.view, "task", to=to, text="拒否ログの確認")
        assert list(errors) == ["to"]
        refused = errors["to"]

    assert "依頼できません" in refused
    assert await stage.case() == case
    assert stage.said_to(to) == []


@pytest.mark.parametrize(
    ("filled", "field"),
    [
        ({"to": YUKI, "text": "ログの確認"}, "to"),
        ({"to": KEN, "text": " \u200b"}, "text"),
        ({"to": KEN, "text": "ログの確認", "due": "そのうち"}, "due"),
        ({"to": KEN, "text": "ログの確認", "due": "2026-11-23 15:00"}, "due"),
    ],
)
async def test_the_form_says_it_at_the_field(stage, filled, field):
    case = await stage.open_case()
    await stage.sev(YUKI, "task 1")

    errors = await stage.yuki.submit(filled)

    assert list(errors) == [field]
    assert await stage.case() == case


@pytest.mark.parametrize("value", ["1", "1 x", "1 99", "1 -1", "9 1"])
@pytest.mark.parametrize("action", ["task-accept", "task-decline", "task-done", "task-withdraw", "task-finding"])
async def test_a_forged_button_does_nothing(stage, action, value):
    await asked(stage)
    seen = await stage.kinds()

    person, request = stage.ken.person, stage.said_to(KEN)[0]
    button = {"type": "button", "action_id": action, "block_id": "b1", "value": value, "action_ts": "1.000001"}
    payload = stage.slack.interactions.click_in_message(person, request, button)
    assert (await stage.slack.inbound.ask("interactive", payload, answers=False)).ok
    await stage.settle()

    assert await stage.kinds() == seen
    assert stage.ken.view is None


async def test_a_long_text_is_kept_and_shown_short(stage):
    case = await asked(stage, f"task @ken {'長' * 400}")

    assert (await stage.case()).tasks[0].text == "長" * 400
    assert "長" * 200 not in stage.card(case).text
    assert "長" * 400 in stage.said_to(KEN)[0].text


async def test_many_tasks_of_one_person_are_one_nudge(stage):
    case = await stage.open_case()
    for word in ("ログ", "規則", "経路"):
        await stage.mention(YUKI, case, f"task @ken {word}の確認 9:40まで")

    await stage.at("9:06")

    asked_again = stage.said_to(KEN)[3:]
    assert len(asked_again) == 1
    assert buttons(asked_again[0]) == ["task-accept"] * 3
    assert [type(fact) for fact in await stage.facts()].count(TaskAsked) == 3
    await stage.ken.click(asked_again[0], "task-accept", value="1 2")
    await stage.settle()
    assert [task.state for task in (await stage.case()).tasks] == ["asked", "accepted", "asked"]


async def test_the_words_work_in_english_too(stage):
    case = await stage.open_case()

    answer = await stage.mention(BOB, case, "task @ken network check the NSG flow logs by 00:40")

    assert "SEV-1: task 1 for" in answer
    assert "By when: Tue 24 Nov 00:40 GMT" in answer
    (task,) = (await stage.case()).tasks
    assert (task.area, task.text, task.due) == ("network-path", "check the NSG flow logs", tokyo("9:40"))


# ---------------------------------------------------------------- words that belong to other verbs as well


@pytest.mark.parametrize(("said", "works"), [("承諾", "依頼 1 承諾 1"), ("辞退 手が離せません", "依頼 1 辞退 1")])
async def test_the_words_of_a_handover_say_how_a_task_is_answered(stage, said, works):
    case = await stage.open_case()
    await stage.mention(YUKI, case, "依頼 @ken フローログの確認")

    told = await stage.mention(KEN, case, said)

    assert "依頼 1 へのお返事であれば" in told
    assert works in told
    assert await stage.kinds() == ["case_opened", "task_asked"]
    assert "引き継ぎは、あなたに依頼されていない" in await stage.mention(HANA, case, said), (
        "who has no task hears the rule"
    )


@pytest.mark.parametrize("word", ["完了", "済", "完了しました", "done", "実施済み"])
async def test_done_alone_closes_nothing_and_says_what_can_be_done(stage, word):
    case = await stage.open_case()
    await stage.mention(YUKI, case, "依頼 @ken フローログの確認")
    await stage.mention(KEN, case, "依頼 承諾")

    told = await stage.mention(KEN, case, word)

    assert "何が終わったのか分かりません" in told
    assert "依頼 1 完了 1" in told
    assert "終了" not in told, "the end of the case is far from what was meant"
    await stage.mention(YUKI, case, "手順書 web-unreachable")
    assert "手順書 1 済 1" in await stage.mention(YUKI, case, word)
    assert "何が終わったのか分かりません" in await stage.sev(YUKI, f"{word} 1")
