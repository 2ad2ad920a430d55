"""The card: one live message that mirrors the case, edited in place and never reposted."""

import json
import re
from datetime import datetime, timedelta

import pytest

from bot.domain.case import Case
from sandbox import Message
from tests.stage import ALEX, BOB, HANA, KEN, MEI, NAOKO, NINE, SEV_A_EN, TOKYO, YUKI, Stage, area, in_japanese

ENGLISH = "[SevA] API down\nCustomer: Contoso Freight / Plan: Unified / SR# 2611220040\nImpact: no orders"
FIRST_RESPONSE = NINE + timedelta(minutes=15)


def token(at: datetime) -> str:
    """The head of Slack's date token for an instant."""
    return f"<!date^{int(at.timestamp())}^"


def said(card: Message) -> str:
    """What the card's blocks say, menus and buttons left out."""
    texts = [block.get("text", {}).get("text", "") for block in card.blocks]
    texts += [field["text"] for block in card.blocks for field in block.get("fields", [])]
    texts += [e["text"] for block in card.blocks if block["type"] == "context" for e in block["elements"]]
    return "\n".join(texts)


def at_the_top(card: Message) -> list[str]:
    """The lines of the first block: what the case lacks."""
    return card.blocks[0]["text"]["text"].split("\n")


def our_messages(stage: Stage, case: Case) -> list[Message]:
    return [m for m in stage.thread(case) if m.user == stage.slack.bot_user_id]


class TestInPlace:
    """One message for the whole life of a case."""

    async def test_every_change_edits_the_same_message(self, stage):
        case = await stage.open_case()
        card = stage.card(case)
        await stage.sev(KEN, "claim 1 firewall")
        await stage.sev(YUKI, "contacted 1 電話 確認中です / next 9:40 ログの結果を共有")
        await stage.sev(KEN, "clear 1 firewall 拒否ログなし")

        assert [m.ts for m in our_messages(stage, case)] == [card.ts]
        edits = [call.args for call in stage.slack.calls("chat.update")]
        assert [(edit["channel"], edit["ts"]) for edit in edits] == [(case.channel, card.ts)] * 3
        assert stage.card(case).version == 4
        assert "拒否ログなし" in said(stage.card(case))

    async def test_a_burst_of_ten_claims_is_few_edits(self, stage):
        "Ten people claim within a moment; whoever looks two seconds later sees all ten."
        case = await stage.open_case()
        claimers = [KEN, MEI, HANA, BOB, ALEX] * 2
        for number, who in enumerate(claimers):
            await stage.slack.person(who).command("/sev", f"claim 1 new: 領域{number}", channel=case.channel)
            await stage.bot.settle()
        assert len(stage.slack.calls("chat.update")) <= 1

        await stage.settle()

        assert len(stage.slack.calls("chat.update")) <= 2
        assert all(f"領域{number} · <@{who}>" in said(stage.card(case)) for number, who in enumerate(claimers))

    async def test_a_card_that_somebody_deleted_is_posted_anew(self, stage):
        "In the same thread, as the case now stands; buttons on it work."
        case = await stage.open_case()
        lost = stage.card(case)
        await stage.slack.delete_message(lost)
        await stage.sev(KEN, "claim 1 firewall")

        (fresh,) = our_messages(stage, case)
        assert fresh.ts != lost.ts
        assert f"<@{KEN}>" in said(fresh)
        await stage.on_card(MEI, case, "claim", option="guest-os")
        assert area(await stage.case(), "guest-os").holder == MEI

    async def test_a_change_of_nothing_draws_nothing(self, stage):
        "Editing the customer to what it is already leaves the card in peace."
        case = await stage.open_case()
        await stage.sev(YUKI, f"edit 1 customer: {case.customer}")

        assert stage.card(case).version == 1


class TestWhatItSays:
    """In the channel's language, in every reader's time, and the same to the ear as to the eye."""

    async def test_the_language_is_the_channels(self, stage):
        "Bob posts in the Japanese channel and Yuki in the English one."
        japanese = await stage.open_case(ENGLISH, who=BOB)
        english = await stage.open_case(ENGLISH, SEV_A_EN, YUKI)

        assert in_japanese(stage.card(japanese).text)
        assert in_japanese(said(stage.card(japanese)))
        assert not in_japanese(stage.card(english).text)
        assert not in_japanese(json.dumps(stage.card(english).blocks, ensure_ascii=False))

    async def test_times_are_in_the_readers_zone_and_in_the_customers_words(self, stage):
        "Blocks carry date tokens, which Slack draws in each reader's zone; the customer's stands beside in words."
        case = await stage.open_case(ENGLISH, SEV_A_EN, BOB)
        await stage.sev(BOB, "contacted 1 phone we are checking / next 00:40 send the trace", SEV_A_EN)

        due = datetime(2026, 11, 24, 9, 40, tzinfo=TOKYO)
        clock = next(line for line in said(stage.card(case)).split("\n") if token(due) in line)
        assert re.sub("<!date.*?>", "", clock).count("Tue 24 Nov 00:40 GMT") == 1
        assert "send the trace" in said(stage.card(case))

    async def test_the_japanese_channel_reads_japanese_time(self, stage):
        card = stage.card(await stage.open_case())

        clocks = [re.sub("<!date.*?>", "", line) for line in said(card).split("\n") if token(FIRST_RESPONSE) in line]
        assert sum("11/24(火) 09:15 日本時間" in line for line in clocks) == 1

    async def test_plain_text_carries_the_same(self, stage):
        "A screen reader hears the text and skips the blocks: no fact of the case stands in the blocks alone."
        case = await stage.open_case()
        await stage.sev(KEN, "claim 1 firewall")
        await stage.sev(MEI, "suspect 1 guest-os カーネルパニックの記録あり")
        await stage.sev(YUKI, "contacted 1 電話 確認中とお伝え / next 9:40 ログの結果を共有")
        case = await stage.case()

        card = stage.card(case)
        facts = [
            "SEV-1", case.title, case.customer, case.plan, case.reference, f"<@{YUKI}>", f"<@{KEN}>", f"<@{MEI}>",
            "カーネルパニックの記録あり", "ログの結果を共有", *(each.name_ja for each in case.areas),
        ]  # fmt: skip
        assert [fact for fact in facts if fact not in card.text] == []
        assert [fact for fact in facts if fact not in said(card)] == []
        assert "<!date" not in card.text
        assert "11/24(火) 09:40 日本時間" in card.text
        assert len(card.text) <= 4000

    async def test_what_is_missing_comes_first(self, stage):
        "First response, nobody else there, unseen areas; each line goes when the thing is there."
        case = await stage.open_case(ENGLISH, SEV_A_EN, BOB)
        first = at_the_top(stage.card(case))
        assert token(FIRST_RESPONSE) in first[0]
        assert f"{len(case.areas)} areas" in first[-1]
        assert len(first) == 3
        assert stage.card(case).text.startswith("SEV-1: ")
        assert "00:15 GMT" in stage.card(case).text.split("\n")[0]

        await stage.sev(ALEX, f"claim 1 {case.areas[0].key}", SEV_A_EN)  # somebody is there
        assert len(at_the_top(stage.card(case))) == 2
        await stage.sev(BOB, "contacted 1 phone checking / next 40m send the trace", SEV_A_EN)
        (unseen,) = at_the_top(stage.card(case))
        assert f"{len(case.areas) - 1} areas" in unseen
        for each in case.areas[1:]:
            await stage.sev(ALEX, f"claim 1 {each.key}", SEV_A_EN)
        assert "<!date" not in at_the_top(stage.card(case))[0]
        assert "area" not in at_the_top(stage.card(case))[0]

    async def test_an_overdue_promise_is_the_first_thing_it_says(self, stage):
        "Seven minutes after the promised time, the first line says how late we are."
        case = await stage.open_case(ENGLISH, SEV_A_EN, BOB)
        await stage.sev(BOB, "contacted 1 phone checking / next 40m send the trace", SEV_A_EN)
        due = NINE + timedelta(minutes=40)
        stage.slack.clock.set(due + timedelta(minutes=7))
        await stage.sev(ALEX, "claim 1 guest-os", SEV_A_EN)

        assert "7 min" in at_the_top(stage.card(case))[0]
        assert token(due) in said(stage.card(case))

    async def test_it_asks_for_what_the_post_left_out(self, stage):
        "A button opens the form; what is filled in there is on the card, and nothing is asked for any more."
        case = await stage.open_case("[SevA] 店舗POSに接続できない")
        assert case.missing == ("customer", "plan", "reference", "impact")

        await stage.on_card(KEN, case, "edit")
        await stage.ken.submit(
            {"customer": "西日本リテール様", "plan": "Unified", "reference": "SR-9", "impact": "開店できない"}
        )
        await stage.settle()

        case = await stage.case()
        assert (case.missing, case.customer, case.title) == ((), "西日本リテール様", "店舗POSに接続できない")
        assert all(word in said(stage.card(case)) for word in ("西日本リテール様", "Unified", "SR-9", "開店できない"))
        assert not any(block["block_id"].startswith("1/missing/") for block in stage.card(case).blocks)


class TestWhoIsTold:
    """The card mentions whom the post mentioned, and nobody can make it ping more."""

    async def test_people_mentioned_in_the_post_are_told_by_the_card(self, stage):
        case = await stage.open_case("[SevA] 店舗POSに接続できない cc @Bob Walsh @naoko")

        card = stage.card(case)
        assert case.informed == (BOB, NAOKO)
        assert case.people == ()  # to be told is not to be there
        assert card.pings == {YUKI, BOB, NAOKO}
        assert "@" not in case.title

    async def test_typed_text_pings_nobody(self, stage):
        "A title with every kind of mention: the card tells the owner and nobody else."
        case = await stage.open_case("[SevA] @channel @here 店舗POSに接続できない <!everyone>")
        await stage.sev(KEN, "clear 1 firewall <!channel> <@U07NAOKO> @channel 拒否なし")

        assert area(await stage.case(), "firewall").evidence.endswith("拒否なし")
        assert stage.card(case).pings == {YUKI, KEN}

    @pytest.mark.parametrize("way", ["sev", "mention"])
    async def test_a_link_typed_as_evidence_is_shown_as_text(self, stage, way):
        case = await stage.open_case()
        words = "clear firewall <https://evil.example|正規の手順書> を確認"
        if way == "sev":
            await stage.sev(KEN, words)
        else:
            await stage.mention(KEN, case, words)

        assert "<https" not in said(stage.card(case))
        assert area(await stage.case(), "firewall").verdict == "cleared"
