"""Checking: a risky step is put to a second person, who approves it by typing its target, or sends it back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.domain.case import Case
from bot.domain.check import pending
from bot.domain.check_messages import (
    ApproveCheck,
    AskCheck,
    FinishCheck,
    OverrideCheck,
    RejectCheck,
    Risk,
    WithdrawCheck,
)
from bot.domain.text import fold, mentions, plain
from bot.domain.values import UserId
from handlers.slack.check_forms import Step
from handlers.slack.replies import Modal, Reply
from handlers.slack.words import fields

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_LABELS = {
    "rollback": ("roll-back", "roll back", "undo", "戻し方", "戻し", "切り戻し", "ロールバック"),
    "target": ("対象",),
    "what": ("内容", "作業内容", "作業"),
}
_RISKS: dict[Risk, str] = {
    "restore": "restore|リストア|復元",
    "failover": "failover|fail-over|フェイルオーバー|フェールオーバー|切替|切り替え",
    "deletion": "deletion|delete|削除",
    "change": "change|config|変更|設定変更|規則変更|ルール変更|構成変更",
    "customer": "customer|message|お客様連絡|お客様へのご連絡",
    "severity": "severity|重要度",
    "plan": "plan|契約",
    "pause": "pause|保留",
    "resolve": "resolve|復旧",
    "close": "close|終了|クローズ",
    "other": "other|その他",
}
_ACTIONS = frozenset(
    {"再起動", "停止", "起動", "適用", "パッチ適用", "reboot", "restart", "stop"}
)  # fmt: skip
"""What is done, where it is said first: nobody's target, which a second person types."""
_RISK_OF = {fold(word): risk for risk, words in _RISKS.items() for word in words.split("|")}
_OVERRIDE = frozenset({"override", "emergency", "緊急実施", "緊急"})
_WITHDRAW = frozenset({"withdraw", "withdrawn", "cancel", "取消", "取り消し", "取消し", "取り下げ", "取下げ"})
_DONE = frozenset({"done", "実施済", "実施済み", "完了"})
_COLON = re.compile(r"\s*(?:：|:(?=\s|$|[^\x00-\x7f]))\s*")
"""Where the target ends. A colon inside a name or a time is followed by no space."""
_PATH = re.compile(r"((?:target|対象)\s*[:：=]\s*)(/\S+)", re.IGNORECASE)
"""A labelled target that is a path: in quotes its slash is no mark between two fields."""


async def check(room: Commands, asked: Asked) -> Reply:
    """Ask for a check of a step; or withdraw one, go ahead without it, say that the step is done."""
    case = await room.case(asked)
    words = plain(asked.rest, keep_mentions=False).strip()
    if not words and asked.said.where.trigger:
        return Modal(room.forms.checks.open("check", asked.said.speaker, case, asked.said.where, Step()))
    first, rest = (*words.split(maxsplit=1), "", "")[:2]
    word = fold(first).rstrip(":、。")
    if word in _OVERRIDE:
        serial, reason = _numbered(case, rest)
        return await room.do(OverrideCheck, asked, case, check=serial, reason=reason)
    if word in _WITHDRAW:
        return await room.do(WithdrawCheck, asked, case, check=_numbered(case, rest)[0])
    if word in _DONE:
        return await room.do(FinishCheck, asked, case, check=_numbered(case, rest)[0])
    to = tuple(UserId(user) for user in mentions(asked.rest) if user != room.bot)
    for person in to:
        await room.can_check(case, person)
    return await room.do(AskCheck, asked, case, to=to, **_step(words))


def _step(words: str) -> dict[str, Any]:
    """The step in `restore db-prod-01: from the 02:00 snapshot / rollback: keep the old volume`, or by its labels."""
    given, said = fields(_PATH.sub(r'\1"\2"', words), _LABELS)
    first, rest = (*said.split(maxsplit=1), "", "")[:2]
    kind, colon, after = fold(first).partition(":")
    risk = _RISK_OF.get(kind) if not after else None
    said = rest.strip() if risk else said
    if colon and risk:  # `restore: target: …`
        said = said.lstrip(": ")
    target, what = given.get("target", ""), given.get("what", "")
    action, _, rest = said.partition(" ")
    action = action if rest.strip() and not target and fold(action) in _ACTIONS else ""
    said = rest.strip() if action else said
    if not target:
        parts = _COLON.split(said, maxsplit=1) if _COLON.search(said) else said.split(maxsplit=1)
        target, said = (*parts, "", "")[:2]
    return {
        "risk": risk or "other",
        "target": target.strip(),
        "what": _with_action(action, (what or said).strip(" /|、。")),
        "rollback": given.get("rollback", ""),
    }


def _with_action(action: str, what: str) -> str:
    if not what or fold(action) in fold(what):
        return what or action
    return f"{action}: {what}"


def _numbered(case: Case, words: str) -> tuple[int | None, str]:
    """The step that is meant by its number, and the rest; a number is only looked for where several steps are there."""
    first, _, rest = words.strip().partition(" ")
    number = first.lstrip("#")
    known = {check.serial for check in case.checks}
    if len(known) > 1 and number.isascii() and number.isdecimal() and int(number) in known:
        return int(number), rest.strip()
    return None, words.strip()


async def approve(room: Commands, asked: Asked) -> Reply:
    """The target, typed by a second person; alone, the form that asks for it."""
    case = await room.case(asked)
    typed = plain(asked.rest).strip()
    if not typed and asked.said.where.trigger and len(pending(case)) == 1:
        return Modal(room.forms.checks.open("approve", asked.said.speaker, case, asked.said.where, Step()))
    return await room.do(ApproveCheck, asked, case, typed=typed)


async def reject(room: Commands, asked: Asked) -> Reply:
    """The step goes back, with a reason."""
    case = await room.case(asked)
    serial, reason = _numbered(case, plain(asked.rest))
    if not reason and asked.said.where.trigger and len(pending(case)) == 1:
        return Modal(room.forms.checks.open("reject", asked.said.speaker, case, asked.said.where, Step(check=serial)))
    return await room.do(RejectCheck, asked, case, check=serial, reason=reason)
