"""Stories: cases built by the domain itself, so that a view is only ever shown what can happen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.case import Case, replay
from bot.domain.messages import (
    AreaOffered,
    CaseCommand,
    ClaimArea,
    ContactMade,
    Fact,
    Footing,
    NextStep,
    OpenCase,
    ReachCheckpoints,
    RecordContact,
    ReminderCame,
    ReportFinding,
)
from bot.domain.policy import Policy
from bot.domain.rules import decide, open_case
from bot.domain.values import AreaKey, CaseNumber, ChannelId, DeliveryId, Language, Severity, TeamId, UserId
from bot.ports import Told

OPENED = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Midnight in Tokyo, 24 November 2026."""
HANA, KEN, MIO, BEN = UserId("U01HANA"), UserId("U02KEN"), UserId("U03MIO"), UserId("U04BEN")
TOKYO = "Asia/Tokyo"
AREAS = (
    ("platform-host", "Cloud platform under the web server", "Web サーバー稼働基盤(クラウド基盤)"),
    ("guest-os", "Guest OS", "ゲスト OS"),
    ("firewall", "Firewall and security rules on the path", "経路上のファイアウォール・セキュリティ規則"),
    ("network-path", "Network path and DNS", "ネットワーク経路・名前解決"),
)
TITLES = {"ja": "店舗POSのWebサーバーに接続できない", "en": "Stores can't reach the POS web server"}
POLICY = Policy.model_validate(
    {
        "name": "standard",
        "A": {
            "first_response": "15m",
            "next_contact": "1h",
            "first_response_checkpoints": ["50%", "5m before", "due"],
            "next_contact_checkpoints": ["10m before", "due"],
            "ladder": [{"after": "5m", "tell": "backup"}, {"after": "10m", "tell": "channel"}],
            "repeat": "30m",
            "hold": "10m",
        },
        "C": {"first_response": "8h", "next_contact": "2d", "next_contact_required": False},
    }
)


def at(minutes: float) -> datetime:
    """So many minutes after the case was opened."""
    return OPENED + timedelta(minutes=minutes)


class Story:
    """A case and everything that happened on it so far."""

    def __init__(self, language: Language = "ja", *, areas: Sequence[tuple[str, str, str]] = AREAS,
                 severity: Severity = "A", backup: tuple[UserId, ...] = (BEN,), zone: str = TOKYO,
                 **known: Any) -> None:  # fmt: skip
        terms = POLICY.terms(severity)
        assert terms is not None
        known.setdefault("title", TITLES[language])
        opening = OpenCase(delivery=DeliveryId("d0"), by=HANA, team=TeamId("T1"), channel=ChannelId("C1"),
                           language=language, severity=severity, **known)  # fmt: skip
        footing = Footing(
            terms=terms,
            family="cloud-web-platform",
            areas=tuple(AreaOffered(key=AreaKey(key), name_en=en, name_ja=ja) for key, en, ja in areas),
            backup=backup,
            customer_zone=zone,
        )
        self.latest: tuple[Fact, ...] = open_case(CaseNumber(42), opening, footing, OPENED)
        self.facts: list[Fact] = list(self.latest)
        self.case: Case = replay(self.latest)

    @property
    def told(self) -> list[Told]:
        return [Told(seq=index, fact=fact) for index, fact in enumerate(self.facts, 1)]

    def do(self, minutes: float, kind: type[CaseCommand], by: UserId = HANA, **about: Any) -> "Story":
        """Let somebody do something so many minutes after the opening."""
        command = kind(delivery=DeliveryId(f"d{len(self.facts)}"), by=by, case=CaseNumber(42), **about)
        self.latest = decide(self.case, command, at(minutes))
        self.facts += self.latest
        self.case = replay(self.latest, self.case)
        return self

    def wait(self, minutes: float) -> "Story":
        """Let time act."""
        return self.do(minutes, ReachCheckpoints, by=UserId(""))

    def reminder(self, minutes: float) -> ReminderCame:
        """The last reminder that this moment brings."""
        self.wait(minutes)
        return [fact for fact in self.latest if isinstance(fact, ReminderCame)][-1]

    def promised(self, minutes: float, due: float, action: str = "ファイアウォールの確認結果をお送りする") -> "Story":
        """A phone call that promises the next contact."""
        return self.do(minutes, RecordContact, how="phone", said="調査を開始したことをお伝えした",
                       next=NextStep(due=at(due), action=action))  # fmt: skip

    def claimed(self, minutes: float, area: str, by: UserId) -> "Story":
        return self.do(minutes, ClaimArea, by, area=area)

    def found(self, minutes: float, area: str, verdict: str, evidence: str, by: UserId) -> "Story":
        return self.do(minutes, ReportFinding, by, area=area, verdict=verdict, evidence=evidence)

    @property
    def last_contact(self) -> ContactMade:
        return [fact for fact in self.facts if isinstance(fact, ContactMade)][-1]


STORE: dict[str, str] = {
    "customer": "西日本リテール様",
    "plan": "Azure Rapid Response",
    "reference": "2411230010001234",
    "impact": "開店業務が行えない。半日停止で3億円の損害",
    "deadline_text": "朝7時まで",
}


def busy(language: Language = "ja") -> Story:
    """A case in full swing: a promise stands, a suspect is found, one area is seen by nobody."""
    story = Story(language, **STORE).promised(8, 60)
    story.claimed(10, "firewall", KEN).claimed(11, "guest-os", MIO)
    story.found(20, "firewall", "suspect", "00:05 以降に 443 の deny を確認", KEN)
    return story.found(25, "guest-os", "cleared", "イベントログに異常なし", MIO).claimed(26, "platform-host", BEN)
