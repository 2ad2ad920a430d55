"""The words of a command: one grammar for `/sev …` in the channel and `@jibungoto …` in the thread."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pydantic import BaseModel, ConfigDict

from bot.domain.text import Folded, fold, folded, nearest
from handlers.slack.times import starts_with_time


class VerbWords(BaseModel):
    """A verb of the grammar and the words people say for it."""

    model_config = ConfigDict(frozen=True)

    verb: str
    english: tuple[str, ...] = ()
    japanese: tuple[str, ...] = ()
    takes_case: bool = True

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every word that means this verb, itself first."""
        return (self.verb, *self.english, *self.japanese)


class Spoken(BaseModel):
    """What a person said: the verb, the case if they named one, and the rest as they typed it."""

    model_config = ConfigDict(frozen=True)

    verb: str | None
    said_verb: str
    case: int | None = None
    said_case: str = ""
    rest: str = ""
    suggestions: tuple[str, ...] = ()


def _verb(verb: str, english: str, japanese: str, *, takes_case: bool = True) -> VerbWords:
    return VerbWords(
        verb=verb, english=_listed(english), japanese=_listed(japanese), takes_case=takes_case
    )  # fmt: skip


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split("|") if word.strip())


VERBS: tuple[VerbWords, ...] = (
    _verb("open", "new|create", "起票|新規", takes_case=False),
    _verb("list", "ls|cases", "一覧|リスト", takes_case=False),
    _verb("show", "status|view", "表示|詳細|状況"),
    _verb("mine", "my", "自分|担当分|自分の担当", takes_case=False),
    _verb("duty", "on duty|on call|on-call|oncall|roster", "当番|当番表|担当当番|シフト", takes_case=False),
    _verb("load", "workload|who carries", "負荷|負荷状況|負荷を見る", takes_case=False),
    _verb("claim", "take", "引受|引き受け|引受け|引き受ける|領域を引き受ける"),
    _verb("join", "", "参加|加わる"),
    _verb("release", "unclaim|drop", "解除|手放す|手放し"),
    _verb("leave", "step out|leaving", "離脱|離脱します|抜ける|抜けます|退出"),
    _verb("clear", "cleared", "異常なし|異常無し|問題なし"),
    _verb("suspect", "suspected", "被疑|怪しい"),
    _verb("cause", "root cause", "原因|原因特定|原因判明"),
    _verb("waiting", "wait|blocked", "待ち|情報待ち"),
    _verb("contacted", "contact", "連絡済|連絡済み|連絡した|連絡|ご連絡済|ご連絡済み|電話した"),
    _verb("draft", "customer update|update", "文案|文面|文案作成|お客様への文案|ご報告文案"),
    _verb("next", "promise", "次回|次回連絡|次回ご連絡|時刻を変更"),
    _verb("ack", "acknowledge|acknowledged", "対応中|確認中"),
    _verb("wrote", "customer wrote|customer replied", "受信|返信あり|お客様返信|お客様から返信|お客様から連絡"),
    _verb("pause", "hold|on hold", "保留|中断"),
    _verb("resume", "unpause|go on", "再開"),
    _verb("deadline", "", "期限|希望期限|お客様期限|お客様の期限"),
    _verb("severity", "", "重要度|重要度変更"),
    _verb("plan", "terms", "契約|契約変更|プラン"),
    _verb("vendor", "", "ベンダー|ベンダ|メーカー"),
    _verb("clocks", "clock|explain", "時計|内訳|期限の内訳"),
    _verb("parent", "parent case|parent of", "親|親案件|親案件にする|親にする"),
    _verb("handoff", "hand off|hand-off|handover|hand over", "引継|引き継ぎ|引継ぎ|引き継ぐ|交代"),
    _verb("accept", "accepted", "承諾|受諾"),
    _verb("decline", "declined", "辞退"),
    _verb("check", "double check|double-check", "確認依頼|二重確認|ダブルチェック"),
    _verb("approve", "approved", "承認"),
    _verb("reject", "rejected|send back", "差し戻し|差戻し|差戻|却下"),
    _verb("task", "ask|request", "依頼|作業依頼|お願い事"),
    _verb("swarm", "sos", "応援|応援要請|応援依頼|応援を呼ぶ|助けて"),
    _verb("note", "memo", "メモ|記録"),
    _verb("tell", "told", "共有|共有済|共有済み"),
    _verb("checked", "first checks", "確認済|確認済み|初動|初動確認"),
    _verb("runbook", "runbooks|run book|playbook", "手順書|ランブック"),
    _verb("resolve", "resolved|restored", "復旧|解決"),
    _verb("close", "closed", "終了|クローズ|閉じる"),
    _verb("report", "", "報告|レポート|報告書"),
    _verb("reopen", "re-open|reopened", "再開始|再オープン"),
    _verb("timeline", "history", "経過|履歴"),
    _verb(
        "similar", "similar cases|alike|past cases|seen before", "類似|類似案件|類似事例|過去事例|過去の案件|似た案件"
    ),
    _verb("edit", "", "編集|修正"),
    _verb("settings", "config", "設定", takes_case=False),
    _verb("help", "?", "ヘルプ|使い方", takes_case=False),
)

DONE = frozenset({"done", "finished", "completed", "完了", "済", "済み", "実施", "実施済", "実施済み", "終わった",
                  "終わり", "終わりました"})  # fmt: skip
"""What people say of a task, a step of a runbook or a checked step alike. None of them is a verb: to the nearest of
those it would be the end of the case."""
_LOOKED_AT = 80
_TOKEN = re.compile(r"\s*(\S+)")
_LEADING_MENTION = re.compile(r"\s*(?:<@[UW][A-Z0-9]+(?:\|[^<>\n]*)?>[\s:,、]*)+")
_CASE = re.compile(r"(?:(?P<sign>sev-|#|sev-#|案件#?)|(?P<glued>sev))?(?P<number>\d{1,9})[:,、。]?")
_UNIT_NEXT = re.compile(
    r"\s*(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|am|pm|日間?|時(?!計)間?半?|分間?|秒|月|年|午前|午後)"
    r"(?![a-z])"
)
_POLITE = re.compile(
    r"を?(?:お願いします|お願い|願います|してください|ください|しました|します|した|する|ました|ます|です)$"
)
_GLUED_ARGUMENT = re.compile(r"[0-9#]|sev-?\d")


@cache
def _verbs_by_word() -> dict[str, VerbWords]:
    return {fold(alias): words for words in VERBS for alias in words.aliases}


def read_words(text: str, *, here: int | None = None) -> Spoken:
    """The verb, case and rest of what was said; `here` is the case of the thread, where a bare number is just a number.

    Nothing at all means help, and a case number alone means show.
    """
    words = _LEADING_MENTION.sub("", text, count=1) if text.lstrip().startswith("<@") else text
    if not words.strip():
        return Spoken(verb="help", said_verb="")
    said_case, number, after_case = _take_case(words, None, here)
    said_verb, verb, rest = _take_verb(after_case)
    if number is None and (verb is None or verb.takes_case):
        said_case, number, rest = _take_case(rest, verb, here)
    if not said_verb:
        return Spoken(verb="show", said_verb="", case=number, said_case=said_case)
    return Spoken(
        verb=verb.verb if verb else None,
        said_verb=said_verb,
        case=number,
        said_case=said_case,
        rest=rest.strip(),
        suggestions=() if verb else suggestions(said_verb),
    )


def verb_meant(word: str) -> str | None:
    """The verb that a single word means, or None."""
    found = _known(word)
    return found.verb if found else None


def suggestions(said: str) -> tuple[str, ...]:
    """The verbs a person may have meant, in the script they typed."""
    latin = said.isascii()
    choices = [word for verb in VERBS for word in ((verb.verb, *verb.english) if latin else verb.japanese)]
    near = nearest(said, choices, n=6)
    meant = {_verbs_by_word()[fold(word)].verb: word for word in reversed(near)}
    return tuple(word for word in near if word in meant.values())[:3]


def _take_verb(text: str) -> tuple[str, VerbWords | None, str]:
    """The verb that the text begins with: two words, one word, or a Japanese word written on to its argument."""
    one = _TOKEN.match(text)
    if one is None:
        return "", None, ""
    two = _TOKEN.match(text, one.end())
    if two is not None and (verb := _known(f"{one[1]} {two[1]}")):
        return f"{one[1]} {two[1]}", verb, text[two.end() :]
    if verb := _known(one[1]):
        return one[1], verb, text[one.end() :]
    return _take_glued_verb(text, one) or (one[1], None, text[one.end() :])


def _known(said: str) -> VerbWords | None:
    if len(said) > _LOOKED_AT:
        return None
    return next((verb for form in forms_of(said) if (verb := _verbs_by_word().get(form))), None)


def forms_of(said: str) -> tuple[str, ...]:
    """A word as it may be known: as it was typed, without the stops after it, and without a polite ending."""
    word = fold(said)
    bare = word.rstrip(":,、。!") or word
    return word, bare, _POLITE.sub("", bare)


def _take_glued_verb(text: str, token: re.Match[str]) -> tuple[str, VerbWords, str] | None:
    """`引受42` and `次回15:00`: Japanese needs no space before a number."""
    front = folded(token[1], _LOOKED_AT)
    for alias in sorted(_verbs_by_word(), key=len, reverse=True):
        glued = _GLUED_ARGUMENT.match(front.text, len(alias)) if front.text.startswith(alias) else None
        if glued and (not alias.isascii() or front.text[len(alias)] == "#"):
            cut = token.start(1) + front.original(len(alias))
            return text[token.start(1) : cut], _verbs_by_word()[alias], text[cut:]
    return None


def _take_case(text: str, verb: VerbWords | None, here: int | None) -> tuple[str, int | None, str]:
    """The case number that the text begins with, if it is one."""
    token = _TOKEN.match(text)
    found = _CASE.fullmatch(folded(token[1], 20).text) if token and len(token[1]) <= 20 else None
    if token is None or found is None or not _names_a_case(found, text[token.end() :], verb, here):
        return "", None, text
    return token[1], int(found["number"]), text[token.end() :]


def _names_a_case(found: re.Match[str], after: str, verb: VerbWords | None, here: int | None) -> bool:
    if found["sign"]:
        return True
    if found["glued"]:  # sev2 is a severity to the verb that may correct one
        return verb is None or verb.verb != "edit" or int(found["number"]) > 4
    if here is not None and int(found["number"]) != here:
        return False
    return not _UNIT_NEXT.match(folded(after, 20).text)  # "next 30 min", "次回 15 時"


def case_named(text: str) -> tuple[int | None, str]:
    """The case number that a text begins with, if it is one, and the rest."""
    token = _TOKEN.match(text)
    found = _CASE.fullmatch(folded(token[1], 20).text) if token and len(token[1]) <= 20 else None
    return (int(found["number"]), text[token.end() :].strip()) if token and found else (None, text.strip())


_QUOTES = {'"': '"', "“": "”", "「": "」"}
_QUOTED = re.compile(r"\"([^\"\n]*)\"|“([^”\n]*)”|「([^」\n]*)」")
_ONE_WORD = re.compile(r"[^\s,、/|;]+")
_VALUE_END = re.compile(r"\n|\s[/|]\s|[;；]")


def label_pattern(labels: Sequence[str]) -> str:
    """A regular expression for any of these labels in folded text, where a label may stand.

    A slash without spaces may be part of an address, so it sets off only Japanese labels.
    """
    forms = sorted({fold(label).strip() for label in labels} - {""}, key=len, reverse=True)
    latin = _any_of([form for form in forms if form.isascii()])
    other = _any_of([form for form in forms if not form.isascii()])
    return rf"(?:(?:(?<![^\s,、|;。])|(?<=\s/))(?:{latin})|(?<![^\s,、/|;。・■●◆○【\[])(?:{other}))"


def _any_of(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form).replace(r"\ ", r"[ \t]+") for form in forms) or r"(?!)"


def fields(rest: str, names: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], str]:
    """The labelled values of a phrase by field name, and the words that carry no label.

    `name: value` runs to the next label, line or ` / `; `name=value` and `SR#value` are one word or quoted. The first
    of two wins.
    """
    front = folded(rest, _FIELDS_LOOKED_AT)
    labels = {fold(label): name for name, known in names.items() for label in (name, *known)}
    mark = re.compile(rf"({label_pattern(tuple(labels))})(?:\s{{0,3}}([:=])|(?<=#))[ \t]*")
    marks = list(mark.finditer(front.text))
    values: dict[str, str] = {}
    unlabelled: list[str] = []
    done = 0
    for place, found in enumerate(marks):
        start = front.original(found.start())
        if start < done:
            continue  # a label inside a quoted value
        unlabelled.append(rest[done:start])
        limit = front.original(marks[place + 1].start()) if place + 1 < len(marks) else len(rest)
        value, done = _value(rest, front.original(found.end()), limit, one_word=found[2] != ":")
        if value:
            values.setdefault(labels[re.sub(r"[ \t]+", " ", found[1])], value)
    unlabelled.append(rest[done:])
    return values, " ".join(piece for piece in (_bare(part) for part in unlabelled) if piece)


_FIELDS_LOOKED_AT = 4_000
_ENTITY = re.compile(r"&(?:lt|gt|amp)$")
"""Slack sends these three characters escaped."""


def _value(text: str, start: int, limit: int, *, one_word: bool) -> tuple[str, int]:
    """The value that begins here, and where the text goes on."""
    if quoted := _QUOTED.match(text, start):
        return next(group for group in quoted.groups() if group is not None).strip(), quoted.end()
    if one_word:
        word = _ONE_WORD.match(text, start, limit)
        return (word[0], word.end()) if word else ("", start)
    stop = _VALUE_END.search(text, start, limit)
    end = stop.start() if stop else limit
    return _bare(text[start:end]), end


def _bare(text: str) -> str:
    """Without what parts one field from the next; the semicolon of `&gt;` parts nothing."""
    bare = text.strip(" \t\n\u3000,、/|;")
    return f"{bare};" if _ENTITY.search(bare) else bare


# 電話会議 is a meeting, so the longer word stands first.
_CHANNELS: tuple[tuple[str, str], ...] = (
    ("meeting", r"web\s?会議|電話会議|会議|打ち合わせ|meeting|mtg|zoom|bridge"),
    ("phone", r"お?電話|架電|tel|phone|called|call"),
    ("mail", r"メール|e-?mail|mail"),
    ("chat", r"チャット|chat|teams|slack"),
    ("portal", r"ポータル|portal|case\s+update|web\s?フォーム"),
)
_HOW = re.compile(
    r"\s*(?:(?:by|via|on)\s+)?(?:"
    + "|".join(f"(?P<{how}>{words})" for how, words in _CHANNELS)
    + r")(?![a-z0-9-])\s*(?:にて|で(?!き|す)|:|、|,|-\s)?\s*"
)
_NEXT = re.compile(
    r"(?P<before>^|[\s/|;。、,.>→])(?:next(?:\s+(?:contact|update))?(?![a-z])|次回(?:の?ご?(?:連絡|報告|更新))?(?:予定)?)"
    r"\s*[:は]?\s*"
)
_MARKED = re.compile(r"(?:[/|;→\n]|^)\s*$")
_SAID_LOOKED_AT = 8_000


def split_next(rest: str) -> tuple[str, str, str | None]:
    """How the customer was told, what was said, and the phrase of the next contact, None when there is none.

    A "next" in mid-sentence counts only before a time; after `/`, `|`, `;` or on its own line it always counts, so that
    an unreadable promise is refused and not lost in the text.
    """
    front = folded(rest, _SAID_LOOKED_AT)
    found = _HOW.match(front.text)
    how = found.lastgroup if found and found.lastgroup else "other"
    said, phrase = _before_next(rest, front, found.end() if found else 0)
    return how, said, phrase


def before_next(rest: str) -> tuple[str, str | None]:
    """What was said, and the phrase of the next contact after it, None when there is none; as in `split_next`."""
    return _before_next(rest, folded(rest, _SAID_LOOKED_AT), 0)


def _before_next(rest: str, front: Folded, start: int) -> tuple[str, str | None]:
    promise = _promise(front.text, start)
    if promise is None:
        return rest[front.original(start) :].strip(), None
    said = rest[front.original(start) : front.original(promise.end("before"))]
    return said.strip(" \t\n\u3000/|;→、,>"), rest[front.original(promise.end()) :].strip()


def _promise(words: str, start: int) -> re.Match[str] | None:
    """The last "next" that is followed by a time, else the last that is set apart."""
    said = list(_NEXT.finditer(words, start))[-5:]
    for found in reversed(said):
        if starts_with_time(words[found.end() :]):
            return found
    for found in reversed(said):
        if _MARKED.search(words[max(start, found.start() - 3) : found.start("before") + len(found["before"])]):
            return found
    return None
