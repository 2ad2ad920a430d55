"""Long stories: a case of three days with two thousand facts, and one of half an hour, for reports."""

from stories import BEN, HANA, KEN, MIO, STORE, Story, busy

from bot.domain.messages import AddNote, CallForHelp, CloseCase, RecordContact, ResolveCase
from bot.domain.values import Language

NAMES = {HANA: "田中 花", KEN: "鈴木 健", MIO: "佐藤 澪", BEN: "Ben Carter"}


def half_an_hour(language: Language = "ja") -> Story:
    """Opened, isolated, resolved and closed in half an hour."""
    story = busy(language).do(27, CallForHelp, asking="DNS")
    story.found(27.5, "firewall", "cause", "NSG の規則を戻した", KEN).do(28, ResolveCase, how="NSG")
    return story.do(29, RecordContact, how="phone", said="復旧をご報告").do(30, CloseCase, anyway=True)


def three_days(language: Language = "ja", facts: int = 2000) -> Story:
    """Three days and nights, a contact at least every hour, one of them late."""
    story = Story(language, **STORE).promised(8, 60)
    story.claimed(10, "firewall", KEN).claimed(11, "guest-os", MIO)
    story.found(20, "firewall", "suspect", "00:05 以降に 443 の deny を確認", KEN)
    hands = (HANA, KEN, MIO, BEN)
    for turn in range(93):
        minute = 75 + turn * 45
        story.wait(minute - 4).promised(minute, minute + 60)
        for note in range(18):
            story.do(minute + 1 + note, AddNote, hands[note % 4], text=f"確認 {turn}-{note}")
    while len(story.facts) < facts - 4:
        story.do(72 * 60 - 100, AddNote, KEN, text="確認")
    story.found(72 * 60 - 90, "firewall", "cause", "NSG の規則を戻した", KEN).do(72 * 60 - 60, ResolveCase, how="NSG")
    return story.do(72 * 60 - 5, RecordContact, how="phone", said="復旧をご報告").do(72 * 60, CloseCase, anyway=True)
