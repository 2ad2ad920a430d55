"""Families: the areas offered first fit what the post says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.family import DEFAULT_FAMILY, EVERY_CASE, Family, families_from, find_area, guess_family, take_area
from bot.shipped import shipped_checks

ROOT = Path(__file__).parents[2]
PRESETS = ROOT / "bot" / "presets"
SHARED = ROOT.parent / "shared" / "presets"


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def families() -> tuple[Family, ...]:
    """The families we ship."""
    return families_from(_read(PRESETS / "isolation-areas.yaml"))


@pytest.mark.parametrize("name", ["isolation-areas.yaml", "sla-presets.yaml"])
def test_the_shipped_presets_are_the_shared_ones(name: str) -> None:
    """What we ship is what the project agreed on, wherever both can be seen."""
    if not (SHARED / name).exists():
        pytest.skip(f"no {SHARED / name} beside this checkout")
    assert (PRESETS / name).read_bytes() == (SHARED / name).read_bytes()


def test_every_area_speaks_both_languages(families: tuple[Family, ...]) -> None:
    """A name and first questions, in Japanese and English, under a key of its own."""
    assert families[0].key == EVERY_CASE
    assert families[1].name("ja") == "クラウド VM 上の Web サービス"
    assert families[1].name("en") == "Web service on cloud VMs"
    for family in families:
        assert len({area.key for area in family.areas}) == len(family.areas) > 2
        for area in family.areas:
            assert area.name("ja")
            assert area.name("en")
            assert len(area.first_questions("ja")) == len(area.first_questions("en")) > 1


@pytest.mark.parametrize(
    ("post", "family"),
    [
        ("store-pos", "cloud-web-platform"),
        ("jp-wide", "identity"),
        ("en-plain", "kubernetes"),  # AKS is the product named; "network" is where to look as well
        ("sev1-alias", "database"),
        ("dot-and-space", "application"),  # the batch is what stands still; VM and disk are where it runs
        ("with-markup", "network"),
    ],
)
def test_the_samples_get_the_areas_one_would_pick(post: str, family: str, families: tuple[Family, ...]) -> None:
    """Every sample that opens a case."""
    posts = {sample["id"]: sample for sample in _read(ROOT / "tests" / "samples" / "sev-a-posts.yaml")["posts"]}
    assert guess_family(posts[post]["text"], families) == family


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("店舗POSのWebサーバーに接続できない", "cloud-web-platform"),
        ("VM が応答しない", "cloud-web-platform"),
        ("EC2 に RDP できません", "vm-compute"),
        ("仮想マシンが起動しない", "vm-compute"),
        ("拠点の回線と VPN が不通", "network"),
        ("DNS resolution failing", "network"),
        ("RDS の CPU が 100%", "database"),
        ("SQL がタイムアウト", "database"),
        ("k8s pods crash looping", "kubernetes"),
        ("ＡＫＳ の Ingress が 502", "kubernetes"),
        ("サインインできない(MFA)", "identity"),
        ("SSO broken for all users", "identity"),
        ("キューが詰まっている", "application"),
        ("Teams で会議に入れない", "saas-m365"),
        ("メールが届かない", "saas-m365"),
        ("S3 access denied", "storage"),
        ("NFS のマウントが外れる", "storage"),
        ("オンプレのサーバー機が落ちた", "server-stack"),
        ("助けてください", DEFAULT_FAMILY),
        ("", DEFAULT_FAMILY),
        ("position of the podium", DEFAULT_FAMILY),  # neither POS nor pod
    ],
)
def test_the_family_is_guessed_from_the_words(text: str, family: str, families: tuple[Family, ...]) -> None:
    """Products and symptoms weigh more than the stack; no sign means the widest family."""
    assert guess_family(text, families) == family


def test_of_equal_families_the_first_named_wins(families: tuple[Family, ...]) -> None:
    """People name first what hurts."""
    assert guess_family("VPN と RDS", families) == "network"
    assert guess_family("RDS と VPN", families) == "database"


def test_only_offered_families_are_guessed(families: tuple[Family, ...]) -> None:
    """A channel may offer a few; intake is never a guess."""
    few = tuple(family for family in families if family.key in (EVERY_CASE, "network", "storage"))
    assert guess_family("RDS down", few) == "network"
    assert guess_family("S3 down", few) == "storage"
    assert guess_family("anything", ()) == DEFAULT_FAMILY


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("network-path", "network-path"),
        ("network", "network-path"),
        ("ＮＥＴＷＯＲＫ", "network-path"),
        ("ネットワーク", "network-path"),
        ("ﾈｯﾄﾜｰｸ経路", "network-path"),
        ("dns", "network-path"),
        ("Guest OS", "guest-os"),
        ("ゲストOS", "guest-os"),
        ("os", "guest-os"),
        ("fw", "firewall"),
        ("ファイアウォール", "firewall"),
        ("web", "web-server"),
        ("アプリ", "application"),
        ("ストレージ", "storage-backend"),
        ("「基盤」", "platform-host"),
    ],
)
def test_an_area_is_found_by_any_of_its_names(word: str, key: str, families: tuple[Family, ...]) -> None:
    """Key, Japanese or English name, in any width, or a beginning or part that only one area has."""
    area, near = find_area(word, families[1].areas, "ja")
    assert area is not None
    assert (area.key, near) == (key, ())


def test_an_unclear_area_is_met_with_the_near_ones(families: tuple[Family, ...]) -> None:
    """In the language of the person who asks."""
    areas = families[1].areas
    assert find_area("strage", areas, "ja") == (None, ("連携先ストレージ サービス",))
    assert find_area("サーバー", areas, "en")[1] == (
        "Cloud platform under the web server",
        "Web server / middleware",
    )
    assert find_area("zzz", areas, "en") == (None, ())
    assert find_area("  ", areas, "en") == (None, ())


@pytest.mark.parametrize(
    ("phrase", "key", "rest"),
    [
        ("guest os no errors in the log", "guest-os", "no errors in the log"),
        ("ゲスト OS イベントログに異常なし", "guest-os", "イベントログに異常なし"),
        ("firewall\nno deny", "firewall", "no deny"),
        ("network checked both ends", "network-path", "checked both ends"),
        ("printer is on fire", None, "is on fire"),
        ("", None, ""),
    ],
)
def test_an_area_is_taken_off_the_front(phrase: str, key: str | None, rest: str, families: tuple[Family, ...]) -> None:
    """The evidence after it comes back as typed."""
    area, after, _ = take_area(phrase, families[1].areas, "ja")
    assert (area.key if area else None, after) == (key, rest)


def test_every_family_has_first_checks_of_its_own_short_enough_for_the_card(families: tuple[Family, ...]) -> None:
    """In both languages, and under keys that no check of every case has."""
    checks = shipped_checks()
    every = {area.key for area in families[0].areas}

    assert set(checks) == {family.key for family in families} - {EVERY_CASE}
    for family, listed in checks.items():
        assert len(listed) == 2, family
        assert every.isdisjoint(check.key for check in listed)
        assert all(0 < len(check.ja) <= 24 and 0 < len(check.en) <= 45 for check in listed)
