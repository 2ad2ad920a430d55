"""What the views say: the first line, the times, the reasons."""

from datetime import timedelta

import pytest
from every import FAMILIES, every_view
from stories import BEN, HANA, KEN, TOKYO, Story, at, busy

from bot.domain.errors import AreaTaken, LooseEnds, PromiseTooFar
from bot.domain.messages import (
    CallForHelp,
    ClaimArea,
    CloseCase,
    HandoffOffered,
    LoseOwner,
    NextStep,
    OfferHandoff,
    RecordContact,
    ResolveCase,
)
from handlers.views import parts, times
from handlers.views.answers import answer
from handlers.views.card import card
from handlers.views.modals import contacted_modal
from handlers.views.news import news
from handlers.views.promised_fields import suggestion
from handlers.views.refusal import refusal, sentence
from handlers.views.reminder import reminder


def first_line(story: Story, minutes: float) -> str:
    return card(story.case, at(minutes)).text.split("\n")[0]


class TestTheFirstLineOfACard:
    """What is missing, the most urgent first."""

    def test_a_new_case_is_told_by_when_to_answer(self) -> None:
        "The first response runs, and no next contact is set."
        assert first_line(Story(), 1) == (
            "SEV-42: 初回応答の期限は 11/24(火) 00:15 日本時間 です。次回ご連絡はまだ決まっていません。"
        )

    def test_an_overdue_clock_comes_first_and_says_how_long(self) -> None:
        assert first_line(busy(), 65) == "SEV-42: 次回ご連絡の期限を過ぎています(5分超過)。"

    def test_no_owner_comes_before_everything(self) -> None:
        story = Story().do(1, LoseOwner, by="")
        assert first_line(story, 20) == "SEV-42: 担当がいません。引き受けられる方が担当になってください。"

    def test_nobody_but_the_owner(self) -> None:
        assert first_line(Story("en").promised(8, 60), 9) == (
            "SEV-42: Nobody but the owner is here yet (since Tue 24 Nov 00:00 JST)."
        )

    def test_areas_that_nobody_looks_at(self) -> None:
        assert first_line(busy("en"), 30) == "SEV-42: Nobody looks at 1 area (since Tue 24 Nov 00:00 JST)."

    def test_nothing_missing_is_said_calmly(self) -> None:
        story = busy().claimed(27, "network-path", HANA)
        assert first_line(story, 28) == "SEV-42: いま、不足している項目はありません。"

    def test_a_resolved_case_still_owes_the_customer_a_word(self) -> None:
        story = busy().do(40, ResolveCase)
        assert first_line(story, 41) == "SEV-42: 復旧したことを、お客様にまだご連絡していません。"

    def test_a_closed_case_says_when(self) -> None:
        story = busy().do(40, ResolveCase).do(41, RecordContact, how="phone", said="復旧をご報告した")
        story.do(42, CloseCase, anyway=True)
        assert first_line(story, 50) == "SEV-42: 11/24(火) 00:42 日本時間 に終了しました。"


class TestButtons:
    """A value begins with the case number; a menu's row says it in its id."""

    def test_the_claim_menu_offers_the_free_area_first_and_a_new_one_last(self) -> None:
        elements = [e for b in card(busy().case, at(30)).blocks if b["type"] == "actions" for e in b["elements"]]
        menu = next(element for element in elements if element["action_id"] == "claim")
        assert [o["value"] for o in menu["options"]] == ["network-path", "platform-host", "guest-os", "firewall", "new"]
        assert {e["value"] for e in elements if e["type"] == "button"} == {"42"}
        assert [e["action_id"] for e in elements] == [
            "contacted",
            "next",
            "claim",
            "swarm",
            "resolve",
            "clocks",
            "more",
        ]

    def test_every_block_id_of_a_message_changes_with_the_case(self) -> None:
        before, after = card(busy().case, at(30)), card(busy().claimed(31, "network-path", HANA).case, at(31))
        ids = [{block["block_id"] for block in message.blocks} for message in (before, after)]
        assert not ids[0] & ids[1]
        assert all(one.startswith("42/") for one in ids[0])


class TestReminders:
    """What to do, which promise, why you."""

    def test_the_owner_is_told_before_it_is_due(self) -> None:
        story = busy()
        said = reminder(story.case, story.reminder(50), "person", HANA, TOKYO, "ja", at(50)).text
        assert said.split("\n") == [
            "SEV-42: お客様へのご連絡をお願いします(あと10分)。",
            "重要度A · 店舗POSのWebサーバーに接続できない",
            "次回ご連絡: 11/24(火) 01:00 日本時間",
            "次のアクション: ファイアウォールの確認結果をお送りする",
        ]

    def test_a_backup_reads_why(self) -> None:
        story = busy("en")
        story.wait(50).wait(60)
        fact = story.reminder(65)
        to_ben = reminder(story.case, fact, "person", BEN, TOKYO, "en", at(65)).text
        to_ken = reminder(story.case, fact, "person", KEN, TOKYO, "en", at(65)).text
        assert to_ben.startswith("SEV-42: Please contact the customer in place of <@U01HANA>")
        assert "(5 min over)" in to_ben
        assert "You are told because you are the backup." in to_ben
        assert "You are told because you are looking at Firewall and security rules on the path." in to_ken
        assert "Told before: <@U01HANA>" in to_ben

    def test_what_arrives_late_says_so(self) -> None:
        story = busy()
        fact = story.reminder(60)
        on_time = reminder(story.case, fact, "thread", None, TOKYO, "ja", at(61)).text
        late = reminder(story.case, fact, "thread", None, TOKYO, "ja", at(64)).text
        assert "遅れて" not in on_time
        assert late.endswith("(本来は 11/24(火) 01:00 日本時間 のお知らせです。4分遅れて届きました。)")

    def test_the_first_response_has_no_time_to_change(self) -> None:
        story = Story()
        rows = reminder(story.case, story.reminder(10), "person", HANA, TOKYO, "ja", at(10)).blocks[-1]["elements"]
        assert [element["action_id"] for element in rows] == ["contacted", "draft", "handoff", "ack"]

    def test_the_reader_elsewhere_sees_both_times(self) -> None:
        story = busy("en")
        said = reminder(story.case, story.reminder(50), "person", HANA, "Europe/Dublin", "en", at(50)).text
        assert "Next contact: Mon 23 Nov 16:00 GMT (customer: Tue 24 Nov 01:00 JST)" in said


class TestNews:
    """Said once, and late only with its time."""

    def test_a_handover_brings_the_brief(self) -> None:
        story = busy().do(30, OfferHandoff, to=BEN, note="15時にお電話の予定")
        fact = story.latest[0]
        assert isinstance(fact, HandoffOffered)
        message = news(story.case, fact, "ja", TOKYO, at(30))
        for part in ("15時にお電話の予定", "次回ご連絡: 11/24(火) 01:00", "443 の deny", "西日本リテール様"):
            assert part in message.text
        assert [e["action_id"] for e in message.blocks[-1]["elements"]] == ["accept", "decline"]

    def test_a_call_for_help_names_the_blind_spots(self) -> None:
        story = busy().do(30, CallForHelp, asking="DNS に詳しい方")
        message = news(story.case, story.latest[0], "ja", TOKYO, at(31))
        assert "誰も見ていない領域: ネットワーク経路・名前解決" in message.text
        assert message.blocks[-1]["elements"][0]["action_id"] == "claim"

    def test_old_news_says_when_it_was_recorded(self) -> None:
        story = busy().do(30, CallForHelp)
        assert "(recorded Tue 24 Nov 00:30 JST)" in news(story.case, story.latest[0], "en", TOKYO, at(33)).text
        assert "recorded" not in news(story.case, story.latest[0], "en", TOKYO, at(32)).text


class TestAnswers:
    """Echo what was kept."""

    def test_a_contact_echoes_the_promise_as_an_absolute_time(self) -> None:
        story = Story().do(8, RecordContact, how="phone", said="調査開始をお伝えした",
                           next=NextStep(due=at(60), action="結果をお送りする"))  # fmt: skip
        assert answer(story.case, story.latest, "ja", TOKYO, at(8)).text.split("\n") == [
            "SEV-42: ご連絡を記録しました。期限内です(11/24(火) 00:15 日本時間 まで)。",
            "次回ご連絡: 11/24(火) 01:00 日本時間、結果をお送りする",
        ]

    def test_a_claim_brings_the_first_questions(self) -> None:
        story = Story().do(1, ClaimArea, KEN, area="firewall")
        said = answer(story.case, story.latest, "ja", TOKYO, at(1), families=FAMILIES).text
        assert said.startswith("SEV-42: 「経路上のファイアウォール・セキュリティ規則」を引き受けました。")
        assert "• 該当の送信元・宛先・ポートの拒否がファイアウォールのログにありますか。" in said


class TestRefusals:
    """One sentence and an example."""

    def test_the_loser_of_a_race_is_told_who_won(self) -> None:
        error = AreaTaken(number=42, holder=KEN, area="firewall", key="firewall")
        assert refusal(error, "ja", TOKYO).text.split("\n") == [
            "「firewall」は <@U02KEN> さんが調査中です。参加して手伝うことができます。",
            "例: /sev join 42 firewall",
        ]
        assert "`/sev join 42 firewall`" in refusal(error, "en", TOKYO).blocks[0]["text"]["text"]

    def test_loose_ends_are_said_in_words(self) -> None:
        said = refusal(LooseEnds(number=42, ends=("area:firewall", "untold")), "en", TOKYO).text
        assert "• firewall has no result\n• the customer has not been told that it is resolved" in said

    def test_a_field_of_a_modal_is_told_in_plain_words(self) -> None:
        error = PromiseTooFar(number=42, due=at(600), limit="1h")
        assert sentence(error, "ja", TOKYO) == (
            "11/24(火) 10:00 日本時間 は、この契約条件の上限(1時間後まで)より先です。"
            "お客様と合意した理由を添えてください。"
        )
        assert sentence(AreaTaken(number=42, holder=KEN, area="<b>", key="b"), "en", TOKYO) == (
            "that person is already looking at <b>. You can join."
        )
        taken = sentence(AreaTaken(number=42, holder=KEN, area="fw", key="b"), "ja", TOKYO)
        assert taken.startswith("「fw」は その方が調査中"), "no title behind a word that is no name"


class TestModals:
    """What is asked for, and what is known already."""

    def test_the_next_contact_is_suggested_at_a_round_time_within_the_terms(self) -> None:
        story = Story()
        assert suggestion(story.case, TOKYO, at(3.5)) == "01:00"
        assert suggestion(Story(severity="C").case, TOKYO, at(3)) == ""

    def test_a_resolved_case_asks_for_no_next_contact(self) -> None:
        story = busy().do(40, ResolveCase)
        blocks = contacted_modal(story.case, "ja", TOKYO, "{}", at(41))["blocks"]
        assert [block["block_id"] for block in blocks] == ["how", "said"]
        blocks = contacted_modal(busy().case, "ja", TOKYO, "{}", at(41))["blocks"]
        assert {b["block_id"]: b["optional"] for b in blocks}["next_at"] is False


class TestTimes:
    """Named zones, whole minutes."""

    @pytest.mark.parametrize(
        ("zone", "ja", "en"),
        [
            ("Asia/Tokyo", "11/24(火) 00:00 日本時間", "Tue 24 Nov 00:00 JST"),
            ("UTC", "11/23(月) 15:00 UTC", "Mon 23 Nov 15:00 UTC"),
            ("Asia/Singapore", "11/23(月) 23:00 シンガポール標準時", "Mon 23 Nov 23:00 UTC+8"),
            ("Asia/Kathmandu", "11/23(月) 20:45 GMT+05:45", "Mon 23 Nov 20:45 UTC+5:45"),
            ("America/New_York", "11/23(月) 10:00 アメリカ東部標準時", "Mon 23 Nov 10:00 EST"),
            ("No/Where", "11/23(月) 15:00 UTC", "Mon 23 Nov 15:00 UTC"),
        ],
    )
    def test_the_zone_is_named(self, zone: str, ja: str, en: str) -> None:
        assert times.in_words(at(0), zone, "ja") == ja
        assert times.in_words(at(0), zone, "en") == en

    def test_a_token_carries_the_words_for_where_it_is_not_drawn(self) -> None:
        assert times.token(at(0), TOKYO, "en") == ("<!date^1795446000^{date_short_pretty} {time}|Tue 24 Nov 00:00 JST>")

    @pytest.mark.parametrize(
        ("minutes", "ja", "en"),
        [
            (0.5, "1分未満", "less than a minute"),
            (5, "5分", "5 min"),
            (70, "1時間10分", "1 h 10 min"),
            (60, "1時間", "1 h"),
            (2 * 1440 + 185, "2日3時間", "2 d 3 h"),
            (-7, "7分", "7 min"),
        ],
    )
    def test_durations_are_said_as_people_say_them(self, minutes: float, ja: str, en: str) -> None:
        assert times.lasting(timedelta(minutes=minutes), "ja") == ja
        assert times.lasting(timedelta(minutes=minutes), "en") == en


class TestParts:
    """Typed text stays text."""

    def test_a_code_block_cannot_be_opened(self) -> None:
        assert parts.typed("``` a\nb", 80) == "ˋˋˋ a b"

    def test_it_is_cut_after_escaping_and_never_inside_an_entity(self) -> None:
        assert parts.typed("&&&&", 12) == "&amp;&amp;…"

    def test_only_an_id_becomes_a_mention(self) -> None:
        assert parts.person(HANA) == "<@U01HANA>"
        assert parts.person("U1> <!channel") == "U1&gt; &lt;!channel"

    def test_an_address_cannot_break_out(self) -> None:
        assert parts.link("https://x|y> <!channel>", "text") == "text"


def test_no_view_pings_a_channel() -> None:
    "No broadcast mention anywhere, in either language."
    for language in ("ja", "en"):
        for name, shown in every_view(busy(language), language, at(30)):
            assert "<!here" not in str(shown), name
            assert "<!channel" not in str(shown), name
