"""Words: one grammar, however people say it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import fold
from handlers.slack.words import VERBS, fields, read_words, split_next

NAMES = {
    "severity": ("重要度",),
    "customer": ("お客様", "顧客"),
    "plan": ("契約",),
    "reference": ("SR#", "case"),
    "impact": ("影響",),
}


def test_every_word_means_one_verb() -> None:
    """No alias stands for two things."""
    counted = Counter(fold(alias) for verb in VERBS for alias in verb.aliases)
    assert [word for word, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("alias", [(verb.verb, alias) for verb in VERBS for alias in verb.aliases])
def test_every_alias_is_understood(alias: tuple[str, str]) -> None:
    """In any case and width, in front of its argument."""
    verb, word = alias
    spoken = read_words(f"{word.upper()} そのまま")
    assert (spoken.verb, spoken.said_verb, spoken.rest) == (verb, word.upper(), "そのまま")


@pytest.mark.parametrize(
    ("said", "verb", "case", "rest"),
    [
        ("claim 42 network", "claim", 42, "network"),
        ("42 claim network", "claim", 42, "network"),
        ("claim #42 network", "claim", 42, "network"),
        ("SEV-42 claim network", "claim", 42, "network"),
        ("claim sev42 network", "claim", 42, "network"),
        ("claim SEV-42: network", "claim", 42, "network"),
        ("CLAIM network", "claim", None, "network"),
        ("＃４２　引受　ＤＮＳ", "claim", 42, "ＤＮＳ"),
        ("引き受けます ４２ ネットワーク", "claim", 42, "ネットワーク"),
        ("引受42 ストレージ", "claim", 42, "ストレージ"),
        ("引受SEV-42 ストレージ", "claim", 42, "ストレージ"),
        ("復旧しました", "resolve", None, ""),
        ("応援をお願いします 42", "swarm", 42, ""),
        ("next 30m", "next", None, "30m"),
        ("next 30 min send logs", "next", None, "30 min send logs"),
        ("next 3 pm", "next", None, "3 pm"),
        ("次回 15 時 トレース", "next", None, "15 時 トレース"),
        ("次回15:00 トレースを送付", "next", None, "15:00 トレースを送付"),
        ("next 15:00", "next", None, "15:00"),
        ("next 11/24 9:00", "next", None, "11/24 9:00"),
        ("next 2026-11-24 09:00", "next", None, "2026-11-24 09:00"),
        ("next 42 30m", "next", 42, "30m"),
        ("next: 15:00", "next", None, "15:00"),
        ("contacted 42 phone told them / next 15:00 send", "contacted", 42, "phone told them / next 15:00 send"),
        ("連絡済み 42 電話 状況をご説明", "contacted", 42, "電話 状況をご説明"),
        ("hand off 42 <@U1>", "handoff", 42, "<@U1>"),
        ("再開始 42", "reopen", 42, ""),
        ("open A 42 stores are down", "open", None, "A 42 stores are down"),
        ("open 42 stores are down", "open", None, "42 stores are down"),
        ("open sev1 POS down", "open", None, "sev1 POS down"),
        ("note 42 first line\nsecond  line", "note", 42, "first line\nsecond  line"),
        ("<@U0BOT> claim 42 network", "claim", 42, "network"),
        ("？", "help", None, ""),
        ("", "help", None, ""),
        ("  \n", "help", None, ""),
        ("42", "show", 42, ""),
        ("SEV-42", "show", 42, ""),
        ("help claim", "help", None, "claim"),
        ("claim 12345678901 x", "claim", None, "12345678901 x"),
    ],
)
def test_what_is_said_is_understood(said: str, verb: str, case: int | None, rest: str) -> None:
    """The verb, the case on either side of it, and the rest as typed; a time is never taken for a case."""
    spoken = read_words(said)
    assert (spoken.verb, spoken.case, spoken.rest, spoken.suggestions) == (verb, case, rest, ())


@pytest.mark.parametrize(
    ("said", "case", "rest"),
    [
        ("note 3 servers rebooted", None, "3 servers rebooted"),
        ("note 42 done", 42, "done"),
        ("note #3 done", 3, "done"),
    ],
)
def test_in_a_thread_a_bare_number_is_just_a_number(said: str, case: int | None, rest: str) -> None:
    """Where the case is understood, only its own number or a plain case sign names one."""
    spoken = read_words(said, here=42)
    assert (spoken.case, spoken.rest) == (case, rest)


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("clam 42", "claim"),
        ("resolv", "resolve"),
        ("引き受て 42", "引き受け"),
        ("異常", "異常なし"),
        ("連絡ずみ", "連絡"),
    ],
)
def test_an_unknown_verb_is_met_with_near_ones(said: str, offered: str) -> None:
    """In the script the person typed."""
    spoken = read_words(said)
    assert spoken.verb is None
    assert spoken.said_verb == said.split()[0]
    assert offered in spoken.suggestions
    assert all(word.isascii() == said.isascii() for word in spoken.suggestions)


def test_the_case_beside_an_unknown_verb_is_kept() -> None:
    """So that the offer can be a line that works."""
    spoken = read_words("clam 42 network")
    assert (spoken.verb, spoken.case, spoken.said_case, spoken.rest) == (None, 42, "42", "network")


@given(st.text())
def test_no_words_break_the_grammar(said: str) -> None:
    """Whatever is typed is understood or not, and never an error."""
    assert read_words(said).verb in {None, *(verb.verb for verb in VERBS)}


def test_fifty_thousand_characters_are_no_trouble() -> None:
    """The rest may be long, the verb is looked for at the front."""
    assert read_words("note 42 " + "x" * 50_000).rest == "x" * 50_000
    assert read_words("x" * 50_000).verb is None


@pytest.mark.parametrize(
    ("said", "values", "rest"),
    [
        (
            'A POS down customer: Contoso Freight plan=Pro reference="SR 12 3"',
            {"customer": "Contoso Freight", "plan": "Pro", "reference": "SR 12 3"},
            "A POS down",
        ),
        (
            "重要度：A 店舗POS不通",
            {"severity": "A 店舗POS不通"},
            "",
        ),
        (
            "店舗POS不通 重要度=A お客様：西日本リテール様",
            {"severity": "A", "customer": "西日本リテール様"},
            "店舗POS不通",
        ),
        (
            "お客様: 西日本リテール様 / 契約: Azure Rapid Response / SR#2411 至急",
            {"customer": "西日本リテール様", "plan": "Azure Rapid Response", "reference": "2411"},
            "至急",
        ),
        ("件名 お客様：「西 日本」 残り", {"customer": "西 日本"}, "件名 残り"),
        ("x customer=Contoso POS down", {"customer": "Contoso"}, "x POS down"),
        ("customer: A customer: B", {"customer": "A"}, ""),
        ("see https://x/case: 1 and plain: text", {}, "see https://x/case: 1 and plain: text"),
        ("customer:", {}, ""),
        ("", {}, ""),
    ],
)
def test_fields_are_read_from_one_line(said: str, values: dict[str, str], rest: str) -> None:
    """With a colon up to the next label, with = one word or a quoted phrase."""
    assert fields(said, NAMES) == (values, rest)


@given(st.text(alphabet=st.sampled_from('お客様契約customer:=："「」 /、\nx')))
def test_no_text_breaks_the_fields(said: str) -> None:
    """Only known names come back, none of them empty."""
    values, _ = fields(said, NAMES)
    assert set(values) <= set(NAMES)
    assert all(values.values())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "phone told them we found the firewall rule / next 15:00 send the trace",
            ("phone", "told them we found the firewall rule", "15:00 send the trace"),
        ),
        (
            "電話 状況をご説明 次回 15:00 トレースを送付",
            ("phone", "状況をご説明", "15:00 トレースを送付"),
        ),
        ("電話で状況をご説明。次回は明日 9:00 に結果をご報告", ("phone", "状況をご説明。", "明日 9:00 に結果をご報告")),
        ("メール 送付済み\n次回ご連絡: 30分後 状況報告", ("mail", "送付済み", "30分後 状況報告")),
        ("電話会議で説明", ("meeting", "説明", None)),
        ("by email: sent the log", ("mail", "sent the log", None)),
        ("Teams ok | next contact 3pm call", ("chat", "ok", "3pm call")),
        ("ポータル 返信 / 次回 30m", ("portal", "返信", "30m")),
        ("phone / next 30m", ("phone", "", "30m")),
        ("next 30m", ("other", "", "30m")),
        ("phone explained the next steps", ("phone", "explained the next steps", None)),
        ("電話 次回の定例で説明すると伝えた", ("phone", "次回の定例で説明すると伝えた", None)),
        ("phone told them / next this evening", ("phone", "told them", "this evening")),
        ("現状をご説明", ("other", "現状をご説明", None)),
        ("callback agreed", ("other", "callback agreed", None)),
        ("", ("other", "", None)),
    ],
)
def test_a_contact_carries_its_promise(said: str, told: tuple[str, str, str | None]) -> None:
    """How, what, and the next contact; a promise set apart is never lost in the text, even when unreadable."""
    assert split_next(said) == told


@given(st.text(alphabet=st.sampled_from("phone電話 次回next/:\n15m。")))
def test_no_text_breaks_a_contact(said: str) -> None:
    """Whatever is typed has a channel."""
    assert split_next(said)[0] in {"phone", "mail", "chat", "meeting", "portal", "other"}
