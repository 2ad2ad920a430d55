"""Product families and their isolation areas: what can be checked apart, and the first questions to ask there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.text import fold, nearest

Language = Literal["ja", "en"]

EVERY_CASE = "intake"  # the first five minutes, asked in every case; never a guess
DEFAULT_FAMILY = "cloud-web-platform"  # its areas go from the platform to the application: the widest net

_LOOKED_AT = 4_000


class AreaTemplate(BaseModel):
    """A part of the fault that one person can check, with the questions to begin with."""

    model_config = ConfigDict(frozen=True)

    key: str
    name_en: str
    name_ja: str
    first_questions_en: tuple[str, ...] = ()
    first_questions_ja: tuple[str, ...] = ()

    def name(self, language: Language) -> str:
        """The area as a reader of that language knows it."""
        return self.name_ja if language == "ja" else self.name_en

    def first_questions(self, language: Language) -> tuple[str, ...]:
        """What to ask first, in that language."""
        return self.first_questions_ja if language == "ja" else self.first_questions_en


class Family(BaseModel):
    """A kind of product whose faults are isolated along the same areas."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    key: str = Field(alias="family")
    name_en: str
    name_ja: str
    areas: tuple[AreaTemplate, ...]

    def name(self, language: Language) -> str:
        """The family as a reader of that language knows it."""
        return self.name_ja if language == "ja" else self.name_en


def families_from(data: Mapping[str, Any]) -> tuple[Family, ...]:
    """The families of a preset file that has been read, in its order."""
    return tuple(Family.model_validate(family) for family in data["families"])


# What points to which family. 3: names the product or symptom itself; 2: belongs to it mostly; 1: is often beside it.
# A word of the stack ("VM", "disk") says where the fault shows, not what is broken, so it weighs less than a symptom.
_SIGNS: dict[str, tuple[tuple[int, str], ...]] = {
    "cloud-web-platform": (
        (2, "web|webサーバー|webサーバ|webサイト|ホームページ|ecサイト|pos|iis|nginx|apache|tomcat|app service|cdn|"
            "front door"),
        (1, "vm|サーバー|サーバ|http|https|5xx|500|502|503|504|サイト|site|website|checkout|api"),
    ),
    "vm-compute": (
        (3, "仮想マシン|virtual machine|virtual machines|ec2|rdp|リモートデスクトップ|ブルースクリーン|bsod|"
            "起動しない vm|vmss"),
        (2, "ssh|boot|ブート|シリアルコンソール|serial console|再起動を繰り返|gpu|カーネルパニック|kernel panic"),
        (1, "vm|linux|windows|os|cpu|メモリ|インスタンス|instance"),
    ),
    "network": (
        (3, "vpn|expressroute|direct connect|専用線|回線|dns|名前解決|bgp|ロードバランサー|load balancer"),
        (2, "ネットワーク|network|firewall|ファイアウォール|ルーター|router|ルーティング|routing|プロキシ|proxy|"
            "パケットロス|packet loss|nsg|mtu|疎通|拠点間"),
        (1, "遅延|latency|切断|切れる|通信|connectivity"),
    ),
    "storage": (
        (3, "ストレージ|storage|s3|blob|nfs|smb|iscsi|ファイル共有|file share|efs|netapp|nas"),
        (1, "ディスク|disk|disks|マウント|mount|容量|バックアップ|backup"),
    ),
    "database": (
        (3, "rds|mysql|postgresql|postgres|mariadb|oracle|aurora|cosmos|dynamodb|mongodb|redis|sql server|データベース|"
            "デッドロック|deadlock|レプリカ|cosmosdb"),
        (2, "sql|db|database|クエリ|query|queries|テーブル"),
    ),
    "identity": (
        (3, "ログイン|ログオン|サインイン|認証|認可|sso|シングルサインオン|多要素|mfa|saml|oauth|oidc|entra|azure ad|"
            "active directory|okta|kerberos|login|log in|logins|sign in|sign-in|signin|ldap|パスワード|password|"
            "conditional access|条件付きアクセス"),
        (1, "権限|permission|permissions|role|iam|アカウント|証明書"),
    ),
    "application": (
        (3, "バッチ|batch|ジョブ|キュー|queue|queues|アプリケーション|例外|exception|デプロイ|deploy|deployment|kafka|"
            "lambda|functions"),
        (1, "リリース|release|アプリ|app|application|job|jobs|決済|api|メモリリーク"),
    ),
    "kubernetes": (
        (3, "kubernetes|k8s|aks|eks|gke|openshift|pod|crashloopbackoff|imagepullbackoff|ingress|helm|kubelet"),
        (2, "クラスター|クラスタ|cluster|コンテナ|container|containers|docker|node pool|ノードプール"),
    ),
    "saas-m365": (
        (3, "teams|exchange|m365|microsoft 365|office 365|o365|sharepoint|onedrive|outlook|intune|メール|e-mail|"
            "salesforce|google workspace|gmail|power bi|メールフロー"),
        (2, "mail|email|テナント|tenant|ライセンス|licence|license"),
    ),
    "server-stack": (
        (3, "オンプレ|オンプレミス|on-prem|on-premises|サーバー機|物理サーバー|物理サーバ|vmware|esxi|vcenter|hyper-v|"
            "bare metal|ベアメタル|raid|ラック|ホスティング|hosting|電源ユニット|コロケーション"),
        (2, "ハードウェア|hardware|データセンター|アラート|監視"),
    ),
}  # fmt: skip


def guess_family(text: str, families: Sequence[Family]) -> str:
    """The key of the family that the words point to most; of equals the one named first, the default for no sign."""
    words = fold(text[:_LOOKED_AT])
    known = [family.key for family in families if family.key != EVERY_CASE]
    scores = {key: _score(words, _SIGNS.get(key, ())) for key in known}
    best = max(scores, key=lambda key: scores[key], default=DEFAULT_FAMILY)
    if scores.get(best, (0, 0))[0] > 0:
        return best
    return DEFAULT_FAMILY if DEFAULT_FAMILY in known or not known else known[0]


def _score(words: str, signs: Iterable[tuple[int, str]]) -> tuple[int, int]:
    """The weight of the different signs found, and how early the first stands (less negative is earlier)."""
    total, first = 0, len(words)
    for weight, listed in signs:
        places = [place for sign in listed.split("|") if (place := place_of(words, sign)) is not None]
        total += weight * len(places)
        first = min([first, *places])
    return total, -first


def place_of(words: str, sign: str) -> int | None:
    """Where a sign stands; a Latin one is a word of its own, with a plural or a number at most."""
    folded_sign = fold(sign)
    if not folded_sign.isascii():
        place = words.find(folded_sign)
        return place if place >= 0 else None
    found = re.search(rf"(?<![a-z0-9]){re.escape(folded_sign)}s?(?![a-z])", words)
    return found.start() if found else None


class Named(Protocol):
    """Anything a person can name as an isolation area."""

    @property
    def key(self) -> str:
        """The stable word for it."""

    @property
    def name_en(self) -> str:
        """Its English name."""

    @property
    def name_ja(self) -> str:
        """Its Japanese name."""


A = TypeVar("A", bound=Named)

_SHORT_FOR = {"fw": "firewall", "nw": "network", "lb": "load balancer", "基盤": "クラウド基盤", "app": "application"}
_BETWEEN_PARTS = re.compile(r"[\s\-_/・、,()]+")


def find_area(word: str, areas: Sequence[A], language: Language) -> tuple[A | None, tuple[str, ...]]:
    """The area that the word names, or None with the names of the near ones in that language.

    A key or name in full wins; then the beginning of a key, of a name, then a part of one, if only one area fits.
    """
    wanted = fold(word).strip(" \t\n:,、。「」\"'")
    if not wanted:
        return None, ()
    wanted = _SHORT_FOR.get(wanted, wanted)
    for fits in (_is_name, _begins_key, _begins_name, _is_part):
        matching = [area for area in areas if fits(wanted, _names(area))]
        if len(matching) == 1:
            return matching[0], ()
        if matching:
            return None, tuple(_shown(area, language) for area in matching[:5])
    return None, _near(wanted, areas, language)


def take_area(text: str, areas: Sequence[A], language: Language) -> tuple[A | None, str, tuple[str, ...]]:
    """The area that a phrase begins with, the words after it, and the near ones when there is none.

    The longest beginning that names an area is taken, so "guest os no errors" is the guest OS and its evidence.
    """
    words = list(re.finditer(r"\S+", text[:200]))[:_LONGEST_NAME]
    for last in reversed(words):
        beginning = text[words[0].start() : last.end()]
        if any(_is_name(fold(beginning).strip(":,、"), _names(area)) for area in areas):
            return find_area(beginning, areas, language)[0], text[last.end() :].strip(), ()
    if not words:
        return None, "", ()
    first = words[0]
    area, near = find_area(first[0], areas, language)
    return area, text[first.end() :].strip(), near


_LONGEST_NAME = 8
_PARTICLE = re.compile(r"\s*(?:から|まで|には|では|への|との|は|に|の|で|を|が|と|も|へ)")


def spoken_of(text: str, rest: str, area: Named) -> bool:
    """Whether the words before `rest` name the area, and do not merely begin a sentence about it.

    "web からの疎通は正常" is evidence that begins with a word of an area's name; "web server" is the area.
    """
    return exactly_named(text, rest, area) or not _PARTICLE.match(rest)


def exactly_named(text: str, rest: str, area: Named) -> bool:
    """Whether the words before `rest` are the area's whole name or key."""
    head = text[: len(text) - len(rest)].strip() if rest else text.strip()
    return _is_name(fold(head).strip(":,、"), _names(area))


def named_first(text: str, rest: str, area: Named) -> bool:
    """Whether the words before `rest` are there to name the area: its name, a whole part of it or three signs of a
    Japanese one, and not the subject of the sentence that follows.

    Of "network check the logs" the rest says what to do; "firewall の規則を確認" says it as a whole.
    """
    if not rest or _PARTICLE.match(rest):
        return False
    head = fold(text[: len(text) - len(rest)]).strip(" :,、")
    wanted = _SHORT_FOR.get(head, head)
    if not wanted.isascii():
        return len(wanted) > 2 and any(_squeezed(wanted) in _squeezed(name) for name in _names(area))
    return exactly_named(text, rest, area) or any(wanted in _BETWEEN_PARTS.split(name) for name in _names(area))


def _names(area: Named) -> tuple[str, ...]:
    """Its key first, then its names."""
    return tuple(dict.fromkeys((_folded(area.key), _folded(area.name_ja), _folded(area.name_en))))


_folded = lru_cache(maxsize=1024)(fold)
"""Names come from the templates, nearly all of them, so they are few and come again with every word."""


def _shown(area: Named, language: Language) -> str:
    return area.name_ja if language == "ja" else area.name_en


def _is_name(wanted: str, names: Iterable[str]) -> bool:
    return any(_squeezed(wanted) == _squeezed(name) for name in names)


def _begins_key(wanted: str, names: Sequence[str]) -> bool:
    return len(wanted) > 1 and _squeezed(names[0]).startswith(_squeezed(wanted))


def _begins_name(wanted: str, names: Iterable[str]) -> bool:
    return len(wanted) > 1 and any(_squeezed(name).startswith(_squeezed(wanted)) for name in names)


def _is_part(wanted: str, names: Iterable[str]) -> bool:
    """A word within a name; Japanese has no spaces between words, so there any two signs within will do."""
    if wanted.isdigit():
        return False  # "2 VMs are fine" does not speak of the second area of one's own
    if not wanted.isascii():
        return len(wanted) > 1 and any(_squeezed(wanted) in _squeezed(name) for name in names)
    parts = [part for name in names for part in _BETWEEN_PARTS.split(name)]
    return any(part.startswith(wanted) for part in parts) if len(wanted) > 2 else wanted in parts


@lru_cache(maxsize=1024)
def _squeezed(name: str) -> str:
    return _BETWEEN_PARTS.sub("", name)


def _near(wanted: str, areas: Sequence[Named], language: Language) -> tuple[str, ...]:
    by_name: dict[str, Named] = {}
    for area in areas:
        for name in _names(area):
            for part in (name, *_BETWEEN_PARTS.split(name)):
                by_name.setdefault(part, area)
    shown = (_shown(by_name[name], language) for name in nearest(wanted, by_name, n=5))
    return tuple(dict.fromkeys(shown))[:3]
