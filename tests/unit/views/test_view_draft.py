"""Drafts to the customer, whole, in both languages: what is said, and what must never be.

After a wanted change, `python tests/unit/views/test_view_draft.py` writes them anew; read them as the customer would.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)] if __name__ == "__main__" else []

from stories import BEN, HANA, KEN, MIO, TOKYO, Story, at  # noqa: E402

from bot.domain.clock_messages import AskVendor, NoteCustomerWrote, PauseCase, RecordVendorAnswer  # noqa: E402
from bot.domain.messages import AddNote, NextStep, RecordContact, ResolveCase  # noqa: E402
from bot.domain.outward import Inside, others  # noqa: E402
from bot.domain.update import Update, update  # noqa: E402
from bot.domain.values import Language  # noqa: E402
from handlers.slack.post_patterns import PostPatterns  # noqa: E402
from handlers.slack.posts import read_post  # noqa: E402
from handlers.views.draft import COLLEAGUE, contradicts, draft, next_action, unfinished  # noqa: E402
from handlers.views.texts import texts  # noqa: E402

GOLDEN = Path(__file__).parent / "drafts"
SAMPLES = yaml.safe_load((ROOT / "tests/samples/sev-a-posts.yaml").read_text(encoding="utf-8"))["posts"]
PEOPLE = ("Hana Mori", "Ken", "田中 美緒", "Ben O'Brien")
OTHERS = others(["北星保険様", "Fabrikam Inc.", "西日本リテール様"], "西日本リテール様")
NEVER = re.compile(
    r"<@|@\w|SEV-|\bU0\w|Hana|\bKen\b|田中|美緒|\bBen\b|北星|Fabrikam|Contoso Storage|4711|社内|夜間手当|さん"
    r"|jibungoto",
    re.IGNORECASE,
)
"""Names of colleagues, other customers, vendors and their numbers, ids, case names of ours, and what a note says."""


def opened(sample: str, language: Language, **known: str) -> Story:
    """The case as the sample's post opens it."""
    post = read_post(next(one["text"] for one in SAMPLES if one["id"] == sample), PostPatterns())
    assert post is not None
    fields = {name: getattr(post, name) or "" for name in ("title", "customer", "plan", "reference")}
    return Story(language, **{**fields, **known})


def said(story: Story, minutes: float, language: Language = "ja") -> Update:
    inside = Inside(person=texts(language).say(COLLEAGUE), people=PEOPLE, customers=OTHERS)
    return update(story.case, story.facts, at(minutes), inside)


def store_pos() -> Story:
    """The shops must open at seven; the first call was made, and three colleagues look at it."""
    story = opened("store-pos", "ja", impact="214店舗で開店業務が行えない\n半日止まると3億円の損害",
                   deadline_text="朝7時までに復旧")  # fmt: skip
    story.claimed(4, "guest-os", MIO)
    return story


def isolating() -> Story:
    """One result, one guess, one area under way, a vendor asked, a note that is nobody else's business."""
    story = store_pos().promised(8, 60).claimed(10, "firewall", KEN).claimed(11, "platform-host", BEN)
    story.do(12, AddNote, KEN, text="社内メモ: 夜間手当の申請を忘れずに。北星保険様も同じ構成")
    story.found(20, "firewall", "suspect", "<@U02KEN>さんと確認。23:38 以降に店舗からの 443 が拒否されている", KEN)
    story.found(25, "guest-os", "cleared", "田中さんが確認、イベントログに異常なし", MIO)
    story.do(30, AskVendor, HANA, name="Contoso Storage", reference="4711", promise_at=at(120))
    return story.do(40, NoteCustomerWrote, HANA, text="本部でも再現するとのこと")


def quiet() -> Story:
    """The customer heard everything, and nothing has come out since."""
    return isolating().do(50, RecordContact, how="mail", said="経過をお送りした",
                          next=NextStep(due=at(110), action="基盤の確認結果をお送りする"))  # fmt: skip


def waiting() -> Story:
    """The customer is asked for something, and it came out otherwise than they were told."""
    story = quiet().found(60, "guest-os", "suspect", "最新のログに遅延あり", MIO)
    story.do(65, RecordVendorAnswer, HANA, text="firmware is the cause")
    return story.do(70, PauseCase, HANA, reason="パケットキャプチャのご送付待ち", look_at=at(130))


def restored() -> Story:
    """The cause is found and the service is back; the customer is still to be told."""
    story = quiet().found(60, "firewall", "cause", "昨夜の変更で店舗向けの許可規則が抜けていた", KEN)
    return story.do(70, ResolveCase, how="Ken が規則を戻し、全店舗から応答を確認")


def production_api() -> Story:
    """An English case: 5xx since 02:10 UTC, one cleared, one suspect, two areas being looked at."""
    story = opened("en-plain", "en", impact="No order can be booked in West Europe", zone="Europe/London")
    story.promised(8, 60, "send the first result").claimed(9, "guest-os", MIO).claimed(9, "platform-host", BEN)
    story.claimed(10, "network-path", KEN).claimed(10, "firewall", HANA)
    story.found(15, "network-path", "cleared", "Ken traced both ways, DNS answers right", KEN)
    story.found(18, "firewall", "suspect", "a rule of 02:05 UTC denies 443, same as at Fabrikam", HANA)
    return story.found(19, "guest-os", "waiting", "the crash dump of node 3", MIO)


STORIES = {
    "store-pos-first": (store_pos, 9, TOKYO),
    "store-pos-isolating": (isolating, 52, TOKYO),
    "store-pos-quiet": (quiet, 100, TOKYO),
    "store-pos-waiting": (waiting, 80, TOKYO),
    "store-pos-restored": (restored, 75, TOKYO),
    "store-pos-late": (lambda: Story("ja"), 18, TOKYO),
    "production-api": (production_api, 50, "Europe/London"),
}


def drafts() -> Iterator[tuple[str, str]]:
    for name, (story, minutes, zone) in STORIES.items():
        for language in texts("ja").language, texts("en").language:
            yield f"{name}.{language}.txt", draft(said(story(), minutes, language), language, zone) + "\n"


@pytest.mark.parametrize(("name", "text"), list(drafts()))
def test_every_draft_reads_as_agreed(name: str, text: str) -> None:
    "Word for word."
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_no_other_draft_is_kept() -> None:
    assert {path.name for path in GOLDEN.glob("*.txt")} == {name for name, _ in drafts()}


@pytest.mark.parametrize(("name", "text"), list(drafts()))
def test_nobody_and_nothing_internal_is_named(name: str, text: str) -> None:
    assert NEVER.findall(text) == []
    assert len(text) <= 3000


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sections_stand_in_the_order_of_their_reading(language: Language) -> None:
    text = draft(said(isolating(), 52, language), language, TOKYO)
    assert re.findall(r"(?m)^(\d)\. ", text) == list("1234567")


def test_a_guess_stands_apart_and_says_so() -> None:
    "What is only suspected, and what was seen there, is below the mark in 4, and nowhere among the results in 3."
    text = draft(said(isolating(), 52), "ja", TOKYO)
    results, known = text.split("3. ")[1].split("4. 判明")[0], text.split("4. 判明")[1].split("5. ")[0]

    assert "443" not in results
    assert re.search(r"・【推定】.*ファイアウォール.*\n.*443", known)


def test_what_names_another_customer_is_left_out_whole_and_said_to_the_writer() -> None:
    shown = said(production_api(), 50, "en")
    assert [one.evidence for one in shown.of("suspect")] == [""]
    assert shown.withheld


def test_what_was_typed_for_the_customer_is_left_as_it_is() -> None:
    story = store_pos().promised(8, 60).found(20, "guest-os", "cleared", "mark@example.com へ到達、Max 200 接続", MIO)
    inside = Inside(person="弊社担当者", people=("Max Ito", "Mark"), customers=OTHERS)
    calm = update(story.case, story.facts, at(30), inside.model_copy(update={"people": ("Will", "Ana")}))
    assert (calm.results[0].evidence, calm.withheld) == ("mark@example.com へ到達、Max 200 接続", False)


def test_with_nothing_new_the_draft_says_so() -> None:
    shown = said(quiet(), 100)
    assert not shown.news
    assert "新たにご報告できる調査結果はございません" in draft(shown, "ja", TOKYO)
    assert "there is no new result to report" in draft(said(quiet(), 100, "en"), "en", TOKYO)


def test_what_the_customer_heard_already_is_not_news() -> None:
    "A result from before the last contact is not told again as one."
    assert [one.name_ja for one in said(isolating(), 52).results] != []
    assert said(quiet(), 60).results == ()


@pytest.mark.parametrize(("minutes", "due", "action"), [(80, 110, "基盤の確認結果をお送りする"), (100, 160, "")])
def test_a_promise_near_enough_to_be_kept_is_followed_by_another(minutes: float, due: float, action: str) -> None:
    shown = said(quiet(), minutes)
    assert (shown.due, shown.action) == (at(due), action)


def test_the_next_action_is_what_is_under_way() -> None:
    assert next_action(said(isolating(), 52), "ja") == "Web サーバー稼働基盤(クラウド基盤)の確認結果のご報告"
    assert next_action(said(Story("en"), 5, "en"), "en") == ""


def test_what_a_person_must_write_is_marked() -> None:
    assert unfinished(draft(said(Story("ja"), 5), "ja", TOKYO))
    assert unfinished(draft(said(Story("en"), 5, "en"), "en", TOKYO))
    assert not unfinished(draft(said(isolating(), 52), "ja", TOKYO))


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (("01:50", "01:50"), False),
        (("01:50", "02:20"), True),
        (("01:50", "16:50 UTC、01:50"), False),
        (("11/24(火) 01:50 日本時間", "午前1時50分"), False),
        (("7. 次回ご連絡予定", "次回のご連絡"), False),
    ],
)
def test_text_and_record_name_the_same_next_contact(change: tuple[str, str], differs: bool) -> None:
    text = draft(said(isolating(), 52), "ja", TOKYO)
    assert change[0] in text
    assert contradicts(text.replace(*change), at(110), (TOKYO, "Europe/Dublin")) == differs


def test_an_undecided_time_can_t_be_recorded_as_one() -> None:
    story = Story("en", severity="C", customer="Contoso")
    text = draft(said(story, 5, "en"), "en", TOKYO)
    assert "not decided yet" in text
    assert contradicts(text, at(60), (TOKYO,))


def test_a_long_story_fits_the_form() -> None:
    areas = [(f"area-{n}", f"Area {n} " * 8, f"領域 {n} " * 8) for n in range(40)]
    story = Story("ja", areas=areas, title="題" * 150, customer="客" * 100, impact="影響" * 500, reference="9" * 100)
    for n in range(40):
        story.found(n + 1, f"area-{n}", "cleared" if n % 2 else "suspect", "証拠" * 250, KEN)
    for language in texts("ja").language, texts("en").language:
        text = draft(said(story, 60, language), language, TOKYO)
        assert len(text) <= 3000
        assert re.findall(r"(?m)^(\d)\. ", text) == list("1234567")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in drafts():
        (GOLDEN / name).write_text(text, encoding="utf-8")
