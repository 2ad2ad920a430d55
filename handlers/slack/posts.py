"""Posts: a message in the team channel that reports a case, told apart from talk about cases.

The marker (`[SevA]`, `Sev A:`, `重要度A …`) must open what the person wrote themselves: quotations, code and a greeting
do not count. In brackets, or set off by a colon, dash, bar or line break, it speaks for itself; a marker that simply
runs on ("Sev A …") opens a case only beside a field, a lead-in ("の相談です") or a word of trouble. A missed Sev A is
worse than a thread too many, so what is left in doubt after that opens.
"""

import re
from collections.abc import Container, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.text import fold, folded, many_lines, mentions, one_line, plain
from handlers.slack.words import label_pattern

Severity = Literal["A", "B", "C"]

_LOOKED_AT = 4_000
_LONGEST_TITLE = 150
_LONGEST_FIELD = 300


def _spellings(level: str, number: str) -> tuple[str, ...]:
    """The ways in which people write one severity."""
    words = [f"{word}{gap}{level}" for word in ("sev", "severity") for gap in ("", " ", ".", "-", "_", ":", ". ", ": ")]
    words += [f"sev{gap}{number}" for gap in ("", " ", "-", ".", "_")]
    words += [f"{word}{gap}{level}" for word in ("重要度", "深刻度", "優先度") for gap in ("", " ", ":", ": ", "-")]
    return (*words, f"severity {number}", f"severity-{number}", f"重要度{number}", f"深刻度{number}", f"p{number}")


def _default_aliases() -> dict[str, Severity]:
    levels: tuple[tuple[Severity, str], ...] = (("A", "1"), ("B", "2"), ("C", "3"))
    return {word: level for level, number in levels for word in _spellings(level.lower(), number)} | {"緊急": "A"}


_LABELS: dict[str, tuple[str, ...]] = {
    "title": ("件名", "タイトル", "title", "subject"),
    "customer": (
        "お客様", "お客様名", "お客さま", "顧客", "顧客名", "会社名", "御社名", "customer", "customer name",
        "client", "company", "account",
    ),
    "plan": (
        "契約", "ご契約", "契約プラン", "サポート契約", "サポートプラン", "プラン", "plan", "support plan", "contract",
        "support contract",
    ),
    "reference": (
        "sr#", "sr", "sr番号", "case", "case#", "case id", "case number", "case no", "案件", "案件番号", "受付番号",
        "お問い合わせ番号", "問い合わせ番号", "チケット", "チケット番号", "ticket", "ticket#", "ticket id", "incident",
        "incident#", "reference", "ref",
    ),
    "impact": ("影響", "業務影響", "影響範囲", "ビジネス影響", "impact", "business impact", "customer impact"),
    "deadline": ("期限", "復旧期限", "希望期限", "対応期限", "回答期限", "タイムリミット", "deadline", "due", "due by"),
}  # fmt: skip

_TROUBLE = (
    "ない", "ません", "不可", "不能", "不通", "障害", "停止", "止ま", "落ち", "ダウン", "切れ", "切断", "断続",
    "エラー", "遅い", "遅く", "遅延", "失敗", "異常", "応答なし", "無応答", "タイムアウト", "ハング", "固ま",
    "壊れ", "破損", "消え", "消失", "漏洩", "漏えい", "再起動", "支障", "影響", "高負荷", "枯渇", "満杯", "逼迫",
    "つながら", "繋がら", "全滅", "全損", "急増", "フェールオーバー", "侵害", "改ざん", "至急", "助けて", "down",
    "outage", "fail", "fails", "failed", "failing", "failure", "failover", "error", "errors", "unable", "cannot",
    "can't", "not", "broken", "slow", "slowness", "latency", "timeout", "timeouts", "timing out", "timed out",
    "unreachable", "unavailable", "crash", "crashed", "crashing", "stuck", "hung", "hang", "hanging", "loss",
    "lost", "losing", "corrupt", "corrupted", "corruption", "degraded", "degradation", "disconnected",
    "disconnects", "dropping", "stopped", "rejected", "denied", "expired", "breach", "breached", "full", "oom",
    "offline", "dead", "missing", "impact", "impacted", "intermittent", "spike", "panic", "blocked", "refused",
    "returning", "5xx", "500", "502", "503", "504", "urgent", "asap", "ransomware",
)  # fmt: skip


class PostPatterns(BaseModel):
    """How a team marks its cases; every word is compared folded, so width and case make no difference."""

    model_config = ConfigDict(frozen=True)

    aliases: dict[str, Severity] = Field(default_factory=_default_aliases)
    severities: tuple[Severity, ...] = ("A",)
    labels: dict[str, tuple[str, ...]] = Field(default_factory=lambda: dict(_LABELS))
    trouble: tuple[str, ...] = _TROUBLE

    @cached_property
    def levels(self) -> dict[str, Severity]:
        """The severity of each folded alias."""
        return {fold(alias).strip(): level for alias, level in self.aliases.items() if alias.strip()}

    @cached_property
    def marker(self) -> str:
        """A regular expression for any alias in folded text."""
        forms = sorted(self.levels, key=len, reverse=True)
        return "|".join(re.escape(form).replace(r"\ ", r"[ \t]+") for form in forms) or r"(?!)"

    @cached_property
    def fields_by_label(self) -> dict[str, str]:
        """The field that each folded label names."""
        return {fold(label).strip(): field for field, labels in self.labels.items() for label in labels}

    @cached_property
    def label(self) -> str:
        """A regular expression for any label in folded text."""
        return label_pattern(tuple(self.fields_by_label))

    @cached_property
    def troubled(self) -> str:
        """A regular expression for any word of trouble; a Latin one must stand alone."""
        words = [fold(word) for word in self.trouble if word.strip()]
        latin = "|".join(re.escape(word) for word in words if word.isascii()) or r"(?!)"
        other = "|".join(re.escape(word) for word in words if not word.isascii()) or r"(?!)"
        return rf"(?<![a-z0-9])(?:{latin})(?![a-z0-9])|{other}"


class Post(BaseModel):
    """A case as it stands in a message: what could be read, None for what the card has to ask."""

    model_config = ConfigDict(frozen=True)

    severity: Severity
    title: str
    customer: str | None = None
    plan: str | None = None
    reference: str | None = None
    impact: str | None = None
    deadline_text: str | None = None
    body: str = ""
    mentions: tuple[str, ...] = ()


class _Marker(NamedTuple):
    """The severity a text opens with, the text after it, and how clearly it was set off."""

    severity: Severity
    rest: str
    form: Literal["bracketed", "set off", "running on"]


def read_post(text: str, patterns: PostPatterns) -> Post | None:
    """The case that a message as Slack delivers it opens, or None for an ordinary message."""
    looked_at = text[:_LOOKED_AT]
    own = _own_words(looked_at)
    marker = _marker(own, patterns)
    if marker is None or marker.severity not in patterns.severities:
        return None
    first, _, below = marker.rest.partition("\n")
    title, values = _read_title(first, patterns)
    lines, more = _read_lines(below, patterns)
    fields = more | values
    if _is_talk(marker, title, evident=bool(fields) or _is_trouble(marker.rest, patterns), alone=not below.strip()):
        return None
    title = _title(fields.pop("title", ""), title, lines, patterns.fields_by_label)
    title = title or _labelled_lines(marker.rest, fields)
    if not title:
        return None
    return Post(
        severity=marker.severity,
        title=title,
        customer=fields.get("customer"),
        plan=fields.get("plan"),
        reference=fields.get("reference"),
        impact=fields.get("impact"),
        deadline_text=fields.get("deadline"),
        body=many_lines(plain(looked_at), _LOOKED_AT),
        mentions=mentions(looked_at),
    )


# --- What the person wrote themselves ---

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTE_TO_THE_END = re.compile(r"^(?:&gt;|>){3}.*\Z", re.DOTALL | re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:&gt;|>|＞).*$", re.MULTILINE)
_COPIED_IN = re.compile(
    r"(?:(?<![a-zA-Z])cc[:：]?[ \t]*)?(?:<@[^<>\n]{1,120}>(?:[ \t]?(?:さん|様))?[ \t,、]*)+", re.IGNORECASE
)
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])")


def lone_marker(text: str, patterns: PostPatterns) -> bool:
    """Whether somebody set out to post a case and left its title out: `[SevA]` and nothing that can be read."""
    marker = _marker(_own_words(text[:_LOOKED_AT]), patterns)
    if marker is None or marker.form != "bracketed" or marker.severity not in patterns.severities:
        return False
    return not any(character.isalnum() for character in marker.rest)


def _own_words(slack_text: str) -> str:
    """The message without quotations, code blocks, mentions and bold type."""
    text = _QUOTE_TO_THE_END.sub("", _FENCE.sub(" ", slack_text.replace("\r\n", "\n")))
    text = _COPIED_IN.sub(" ", _QUOTED_LINE.sub("", text))
    text = _ITALIC.sub(r"\1", _BOLD.sub(r"\1", text))
    return plain(text, keep_mentions=False).strip()


# --- The marker ---

_OPENERS = r"\[【〔〖《≪<({"
_CLOSERS = r"\]】〕〗》≫>)}"
_EMOJI = r"(?::[a-z0-9_+'-]{2,40}:|[\u203c-\u2bff\U0001f000-\U0001faff]\ufe0f?)"
_BEFORE = re.compile(rf"(?:[\s\u200b\ufeff*_!]|{_EMOJI})+")
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
_HEAD = 300
_MOST_MARKERS = 3  # 【緊急】[SevA] P1 …


def _marker(text: str, patterns: PostPatterns) -> _Marker | None:
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


def _counts(found: _Marker, patterns: PostPatterns) -> bool:
    """Whether the line is a tally: "Sev A: 0, Sev B: 2"."""
    line = fold(found.rest[:_HEAD].partition("\n")[0])
    others = re.finditer(rf"(?<![a-z0-9])({patterns.marker})\s*[:=]", line)
    return bool(_NUMBER_ONLY.fullmatch(line)) or any(_level(other, patterns) != found.severity for other in others)


def _one_marker(text: str, patterns: PostPatterns) -> _Marker | None:
    front = folded(text, _HEAD)
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


def _bracketed(found: re.Match[str], text: str, end: int, patterns: PostPatterns) -> _Marker | None:
    level = _level(found, patterns)
    others = re.finditer(rf"(?<![a-z0-9])({patterns.marker})(?![a-z0-9])", found["more"])
    if _ARROW.match(found["more"]) or any(_level(other, patterns) != level for other in others):
        return None
    if _SEVERAL.match(found["more"]) or _ARROW.match(text[end : end + 10]):
        return None
    return _Marker(level, text[end:].lstrip(" \t\u3000"), "bracketed")


def _bare(found: re.Match[str], typed: str, words: str, rest: str, patterns: PostPatterns) -> _Marker | None:
    after = words[found.end() :]
    if _ARROW.match(after) or _SEVERAL.match(after):
        return None
    set_off = _SET_OFF.match(after)
    if set_off is None and (not _RUNS_ON.match(after) or re.match(r"\.\d", after)):
        return None
    # "Seva" is a name, "SevA" and "SEVA" are not; "seva:" in a hurry is taken for the marker.
    if typed.isascii() and typed.isalpha() and (typed.istitle() or (typed.islower() and set_off is None)):
        return None
    return _Marker(_level(found, patterns), rest, "set off" if set_off else "running on")


# --- Talk about cases ---

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


def _is_trouble(text: str, patterns: PostPatterns) -> bool:
    return re.search(patterns.troubled, fold(text[:_LOOKED_AT])) is not None


def _is_talk(marker: _Marker, title: str, *, evident: bool, alone: bool) -> bool:
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
    if _LEAD_IN.match(words) and not _THANKS.search(words):
        return False
    return bool(_PARTICLE.match(words) or _TALK_WORDS.match(words) or _THANKS.search(words)) or not evident


# --- Title and fields ---

_LEAD_IN = re.compile(
    r"\s*の?(?:ご?相談|案件|お?問い?合わ?せ|障害|ご?連絡|ご?報告|起票|エスカレーション|エスカ|事案|事象|インシデント|ケース|新規案件)?"
    r"(?:が|を|の)?(?:発生(?:しました|しています|中です|中|です)?|来ました|きました|入りました|起きました|起票(?:しました|します)?|です|になります"
    r"|お願い(?:いた)?します|させてください)?\s*[。、!:]\s*"
    r"|\s*(?:case|incident|escalation|alert)\s*[:|–—-]\s*"
)
_FILLER = re.compile(
    r"(?:お疲れ(?:様|さま)です|お世話になっ(?:ております|ています)|(?:大変)?(?:すみません|申し訳(?:ありません|ございません))(?:が)?"
    r"|至急(?:です|でお願いします)?|緊急(?:です)?|(?:ご?相談|ご?連絡|ご?報告|案件|障害)(?:です|が(?:発生|来)しました|させてください)"
    r"|(?:ご対応|ご支援|ご協力|対応)?(?:を)?お願い(?:いた)?します|皆さん|各位)[。、!!\s]+"
)
_DANGLING = " \t\u3000\n:|-–—―/、,;*_~：；｜／・"
_LEADING = _DANGLING + "!！。."
_SENTENCE = re.compile(r"[^。]{4,}?。")
_PLACEHOLDERS = frozenset(
    {"", "-", "--", "?", "??", "n/a", "na", "tbd", "unknown", "none", "なし", "不明", "未定", "未確認", "確認中", "xxx"}
)
_SEPARATORS = re.compile(r"[,、/|;]")
_WEAK_PLAN = re.compile(r"(?:is|was|are|to|will|for|of|says?|の|は|が)(?![a-z])")
_TRAILING_CC = re.compile(r"[\s,、(]+(?:cc|fyi)[:：]?\s*$", re.IGNORECASE)


class _Mark(NamedTuple):
    """A label in a line: the field it names, where it begins and where its value begins."""

    field: str
    start: int
    value: int


def _read_title(line: str, patterns: PostPatterns) -> tuple[str, dict[str, str]]:
    """The marker's own line: its title, and the fields that follow with a colon."""
    marks = _marks(line, patterns, own_line=True)
    return (line[: marks[0].start] if marks else line), _values(line, marks)


def _read_lines(text: str, patterns: PostPatterns) -> tuple[list[str], dict[str, str]]:
    """The lines without labels, and the fields of the others; the first of two wins."""
    plain_lines: list[str] = []
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        marks = _marks(line, patterns, own_line=False)
        fields = _values(line, marks) | fields
        if not marks and line.strip():
            plain_lines.append(line)
    return plain_lines, fields


def _marks(line: str, patterns: PostPatterns, *, own_line: bool) -> list[_Mark]:
    """The labels in a line. Without a colon one counts only in a line of fields ("Customer: X, plan Y, case 12")."""
    front = folded(line, _LOOKED_AT)
    strong = re.compile(
        rf"(?:[■●◆○・*•-]\s*)?[\[【(]?(?P<label>{patterns.label})\s{{0,3}}"
        r"(?:[\]】)]\s*[:=]?|[:=]|(?<=#)\s*:?|(?=#\s?\d))[ \t#]*"
    )
    weak = re.compile(rf"(?P<label>{patterns.label})[ \t]+(?:(?:no\.?|id|#)[ \t]*)?")
    marks = [_mark(found, front.places, patterns) for found in strong.finditer(front.text)]
    if own_line:  # "SEV1 incident: payments are down" names no incident number
        return [mark for mark in marks if mark.field != "reference" or re.search(r"\d", line[mark.value :][:30])]
    for found in weak.finditer(front.text):
        field = patterns.fields_by_label[_label_form(found)]
        value = front.text[found.end() :]
        numbered = field == "reference" and re.match(r"[a-z]{0,6}-?\d{4}", value)
        at_start = not front.text[: found.start()].strip(" \t-*•・")
        listed = marks and _SEPARATORS.search(front.text[: found.start()].rstrip()[-1:]) and not _WEAK_PLAN.match(value)
        if (numbered and (at_start or listed)) or (listed and field in ("plan", "customer")):
            marks.append(_mark(found, front.places, patterns))
    return sorted({mark.start: mark for mark in reversed(marks)}.values(), key=lambda mark: mark.start)


def _label_form(found: re.Match[str]) -> str:
    return re.sub(r"[ \t]+", " ", found["label"])


def _mark(found: re.Match[str], places: tuple[int, ...], patterns: PostPatterns) -> _Mark:
    field = patterns.fields_by_label[_label_form(found)]
    return _Mark(field, places[found.start()], places[found.end()])


def _values(line: str, marks: list[_Mark]) -> dict[str, str]:
    """What stands after each label, up to the next."""
    values: dict[str, str] = {}
    for place, mark in enumerate(marks):
        end = marks[place + 1].start if place + 1 < len(marks) else len(line)
        value = one_line(line[mark.value : max(mark.value, end)].strip(_DANGLING), _LONGEST_FIELD)
        if mark.field == "reference":
            value = _reference(value)
        if fold(value) not in _PLACEHOLDERS:
            values.setdefault(mark.field, value)
    return values


def _reference(value: str) -> str:
    """The number itself, in one width, since the same reference must be the same case."""
    words = [word.strip("()[]<>#,.、。:") for word in fold(value).split()]
    for word, typed in zip(words, value.split(), strict=False):
        if sum(character.isdigit() for character in word) >= 2:
            return word if word.isdigit() else typed.strip("()[]<>#,.、。:（）")
    return value


def _title(labelled: str, first: str, lines: list[str], empty_words: Container[str]) -> str:
    """The labelled title, else the first words that say something: of the marker's line, then of the lines below."""
    for candidate in (labelled, _after_lead_in(first), *lines[:3]):
        title = _sentence(candidate)
        if title and fold(title) not in empty_words:
            return title
    return ""


def _after_lead_in(text: str) -> str:
    front = folded(text, _HEAD)
    found = _LEAD_IN.match(front.text)
    return text[front.original(found.end()) :] if found else text


def _sentence(text: str) -> str:
    """The first sentence that is no greeting; only the Japanese full stop ends one, since "W. Europe" does not."""
    words = re.sub(rf"^(?:{_EMOJI}|\s)+", "", text).strip(_DANGLING)
    while filler := _FILLER.match(words + "\n"):
        words = words[filler.end() :].strip(_DANGLING)
    found = _SENTENCE.match(words)
    words = found[0] if found else words
    title = one_line(_TRAILING_CC.sub("", words), _LONGEST_TITLE).rstrip(_DANGLING).lstrip(_LEADING)
    return title if re.search(r"\w", title) else ""


def _labelled_lines(rest: str, fields: Mapping[str, str]) -> str:
    """For a post of nothing but fields: those fields, as they stand."""
    lines = " / ".join(line.strip() for line in rest.split("\n") if line.strip())
    return one_line(lines, _LONGEST_TITLE).strip(_DANGLING) if fields else ""
