"""Post patterns: the words by which a team's posts are known: severities, labels of fields, words of trouble."""

import re
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.text import fold
from handlers.slack.words import label_pattern

Severity = Literal["A", "B", "C"]


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
