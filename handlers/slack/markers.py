"""Markers: the severity that a message opens with, and whether it reports a case or talks about one.

The marker (`[SevA]`, `Sev A:`, `重要度A …`) must open what the person wrote themselves: quotations, code and a greeting
do not count. In brackets, or set off by a colon, dash, bar or line break, it speaks for itself; a marker that simply
runs on ("Sev A …") opens a case only beside a field, a lead-in ("の相談です") or a word of trouble. A missed Sev A is
worse than a thread too many, so what is left in doubt after that opens.
"""

import re
from typing import Literal, NamedTuple

from bot.domain.text import fold, folded, plain
from handlers.slack.post_patterns import PostPatterns, Severity

LOOKED_AT = 4_000
"""Signs of a message that are read."""


class Marker(NamedTuple):
    """The severity a text opens with, the text after it, and how clearly it was set off."""

    severity: Severity
    rest: str
    form: Literal["bracketed", "set off", "running on"]


# --- What the person wrote themselves ---

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTE_TO_THE_END = re.compile(r"^(?:&gt;|>){3}.*\Z", re.DOTALL | re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:&gt;|>|＞).*$", re.MULTILINE)
_COPIED_IN = re.compile(
    r"(?:(?<![a-zA-Z])cc[:：]?[ \t]*)?(?:<@[^<>\n]{1,120}>(?:[ \t]?(?:さん|様))?[ \t,、]*)+", re.IGNORECASE
)
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])")


def own_words(slack_text: str) -> str:
    """The message without quotations, code blocks, mentions and bold type."""
    text = _QUOTE_TO_THE_END.sub("", _FENCE.sub(" ", slack_text.replace("\r\n", "\n")))
    text = _COPIED_IN.sub(" ", _QUOTED_LINE.sub("", text))
    text = _ITALIC.sub(r"\1", _BOLD.sub(r"\1", text))
    return plain(text, keep_mentions=False).strip()


# --- The marker ---

_OPENERS = r"\[【〔〖《≪<({"
_CLOSERS = r"\]】〕〗》≫>)}"
EMOJI = r"(?::[a-z0-9_+'-]{2,40}:|[\u203c-\u2bff\U0001f000-\U0001faff]\ufe0f?)"
_BEFORE = re.compile(rf"(?:[\s\u200b\ufeff*_!]|{EMOJI})+")
_GREETING = re.compile(
    r"(?:お疲れ(?:様|さま)(?:です|でございます)?|おつかれさまです|お世話になっ(?:ております|ています)|おはようございます|こんにちは|こんばんは"
    r"|すみません|すいません|失礼します|皆さん|皆様|みなさん|各位|至急です"
    r"|(?:hi|hello|hey)(?:[ \t]+(?:all|team|everyone|folks))?|all|team|heads[ \t]up|fyi)[\s、。,.!:-]+"
)
_NEW = re.compile(r"(?:新規の?|new)[ \t]*")
_ARROW = re.compile(r"\s*(?:→|⇒|➡|[-=]+>|>)")
_SET_OFF = re.compile(r"\s*(?:[:|]|[-–—―](?=\s|[^\x00-\x7f])|/(?=\s|[^\x00-\x7f])|!+|[\[【])|[ \t]*(?:\n|\Z)")
_RUNS_ON = re.compile(r"[\s、,。.(]|[^\x00-\x7f]")
_SEVERAL = re.compile(r"[/,、・&+~〜][abc1-4](?![a-z0-9])")
_BRACKETED_LABELS = re.compile(r"(?:[\[【][^\]】\n]{1,40}[\]】]\s*){0,2}(?=[\[【])")
_NUMBER_ONLY = re.compile(r"[\s:=]*\d{1,4}\s*(?:件|cases?|tickets?)?[\s。.]*")
HEAD = 300
_MOST_MARKERS = 3  # 【緊急】[SevA] P1 …


def marker_of(text: str, patterns: PostPatterns) -> Marker | None:
    """The marker that the text opens with; a second one of the same severity belongs to it, of another means talk."""
    found = _one_marker(text, patterns)
    for _ in range(_MOST_MARKERS):
        again = _one_marker(found.rest, patterns) if found else None
        if found is None or again is None:
            return None if found is None or _counts(found, patterns) else found
        if again.severity != found.severity:
            return None
        found = again._replace(form="bracketed" if "bracketed" in (again.form, found.form) else again.form)
    return None


def _counts(found: Marker, patterns: PostPatterns) -> bool:
    """Whether the line is a tally: "Sev A: 0, Sev B: 2"."""
    line = fold(found.rest[:HEAD].partition("\n")[0])
    others = re.finditer(rf"(?<![a-z0-9])({patterns.marker})\s*[:=]", line)
    return bool(_NUMBER_ONLY.fullmatch(line)) or any(_level(other, patterns) != found.severity for other in others)


def _one_marker(text: str, patterns: PostPatterns) -> Marker | None:
    front = folded(text, HEAD)
    start = _skip_before(front.text)
    bracketed = re.compile(
        rf"[{_OPENERS}]+[^{_CLOSERS}{_OPENERS}\n]{{0,40}}?(?<![a-z0-9])({patterns.marker})"
        rf"(?![a-z0-9])(?P<more>[^{_CLOSERS}\n]{{0,40}})[{_CLOSERS}]+"
    )
    # A customer or system in brackets of its own may stand first: [Contoso][SevA].
    labels = _BRACKETED_LABELS.match(front.text, start)
    for place in (start, labels.end() if labels else start):
        if found := bracketed.match(front.text, place):
            return _bracketed(found, text, front.original(found.end()), patterns)
    bare = re.compile(rf"(?:{_NEW.pattern})?({patterns.marker})").match(front.text, start)
    if bare is None:
        return None
    typed = text[front.original(bare.start(1)) : front.original(bare.end(1))]
    return _bare(bare, typed, front.text, text[front.original(bare.end()) :], patterns)


def _skip_before(words: str) -> int:
    """Where the message begins, after emoji and up to three greetings."""
    place = 0
    for _ in range(3):
        before = _BEFORE.match(words, place)
        place = before.end() if before else place
        greeting = _GREETING.match(words, place)
        if greeting is None:
            break
        place = greeting.end()
    before = _BEFORE.match(words, place)
    return before.end() if before else place


def _level(found: re.Match[str], patterns: PostPatterns) -> Severity:
    return patterns.levels[re.sub(r"[ \t]+", " ", found[1])]


def _bracketed(found: re.Match[str], text: str, end: int, patterns: PostPatterns) -> Marker | None:
    level = _level(found, patterns)
    others = re.finditer(rf"(?<![a-z0-9])({patterns.marker})(?![a-z0-9])", found["more"])
    if _ARROW.match(found["more"]) or any(_level(other, patterns) != level for other in others):
        return None
    if _SEVERAL.match(found["more"]) or _ARROW.match(text[end : end + 10]):
        return None
    return Marker(level, text[end:].lstrip(" \t\u3000"), "bracketed")


def _bare(found: re.Match[str], typed: str, words: str, rest: str, patterns: PostPatterns) -> Marker | None:
    after = words[found.end() :]
    if _ARROW.match(after) or _SEVERAL.match(after):
        return None
    set_off = _SET_OFF.match(after)
    if set_off is None and (not _RUNS_ON.match(after) or re.match(r"\.\d", after)):
        return None
    # "Seva" is a name, "SevA" and "SEVA" are not; "seva:" in a hurry is taken for the marker.
    if typed.isascii() and typed.isalpha() and (typed.istitle() or (typed.islower() and set_off is None)):
        return None
    return Marker(_level(found, patterns), rest, "set off" if set_off else "running on")


# --- Talk about cases ---

LEAD_IN = re.compile(
    r"\s*の?(?:ご?相談|案件|お?問い?合わ?せ|障害|ご?連絡|ご?報告|起票|エスカレーション|エスカ|事案|事象|インシデント|ケース|新規案件)?"
    r"(?:が|を|の)?(?:発生(?:しました|しています|中です|中|です)?|来ました|きました|入りました|起きました|起票(?:しました|します)?|です|になります"
    r"|お願い(?:いた)?します|させてください)?\s*[。、!:]\s*"
    r"|\s*(?:case|incident|escalation|alert)\s*[:|–—-]\s*"
)
_ABOUT = re.compile(
    r"\s*(?:の件|について|に関して|って|とは|という|[→⇒]|でした|だった|対応(?:お疲れ|あり|の|は|手順|フロー|マニュアル|中の)"
    r"|に(?:変更|なり|しま|上げ|下げ|あげ|さげ|該当)|から\s*(?:sev|重要度|深刻度|p\d)|を?(?:クローズ|終了|解除)"
    r"|の(?:定義|基準|テンプレ|手順|違い|対応|場合|とき|時|条件|連絡網|お客様対応|ルール|運用|案件の|案件は|案件、))"
)
_PARTICLE = re.compile(
    r"\s*(?:[はをにもやとへ](?!\w*様\s)|で(?!す)|が(?!発生|来|きま|入|起)|から|より|まで|なら|だと|かな|かも|じゃ|さん|くん|ちゃん"
    r"|の(?!ご?相談|案件|ご?報告|お?問|障害|連絡|新規|起票|エスカ|事象|インシデント))"
)
_TALK_WORDS = re.compile(
    r"\s*[,.]?\s*(?:is|was|are|were|isn't|means?|has|had|have|will|would|should|can|could|do|does|did|vs|or|and|to|of|than"
    r"|that|which|who|when|response|slas?|policy|process|procedures?|templates?|checklists?|definitions?|handling|cases"
    r"|tickets|incidents|customers|calls|closed|resolved|done|reviews?|postmortem|retro|training|drill|only|rota|roster)"
    r"(?![a-z0-9])"
)
_OVER = re.compile(
    r"(?:(?:クローズ|終了|解決|復旧|収束|完了|解消)(?:しました|いたしました|致しました|です|済みです|済み|済)|ありがとうございました|お疲れ様でした|お疲れさまでした"
    r"|(?:に|へ)(?:変更|引き下げ|引き上げ)(?:しました|します)|(?<![a-z])(?:(?:is|are|was|now|been|all|-)\s+)(?:resolved|closed|mitigated|fixed|recovered))"
    r"(?:ので?|が)?(?:。.*(?:ありがとう|お疲れ).*)?[\s。.!!]*$"
)
_QUESTION = re.compile(r"\?\s*$|(?:ですか|ますか|でしょうか|っけ|のか)[。.\s]*$")
_ASKING = re.compile(
    r"っけ|(?:とき|時|場合|際)(?:は|の|に|って)|たら|でしょうか|教えて|^(?:\s*[,:-]?\s*)(?:how|what|who|when|which|why|does|do|is)(?![a-z])"
)
_THANKS = re.compile(r"(?<![a-z])(?:thanks|thank you|well done|good job)(?![a-z])|ありがとう|お疲れ(?:様|さま)")


def is_trouble(text: str, patterns: PostPatterns) -> bool:
    return re.search(patterns.troubled, fold(text[:LOOKED_AT])) is not None


def is_talk(marker: Marker, title: str, *, evident: bool, alone: bool) -> bool:
    """Whether this speaks about a case rather than reports one."""
    words = fold(marker.rest.partition("\n")[0])
    if _OVER.search(words) and alone:
        return True
    asked = _QUESTION.search(words) is not None and alone
    if marker.form == "set off":
        return asked and (not evident or _ASKING.search(words) is not None)
    if _ABOUT.match(words) or (asked and (not evident or _ASKING.search(words) is not None)):
        return True
    if marker.form == "bracketed":
        return False
    if LEAD_IN.match(words) and not _THANKS.search(words):
        return False
    return bool(_PARTICLE.match(words) or _TALK_WORDS.match(words) or _THANKS.search(words)) or not evident
