"""Region: the cloud region or part of the country that a text names, so that cases about one find each other."""

import re

from bot.domain.text import fold

NAMED: dict[str, tuple[str, ...]] = {
    # https://learn.microsoft.com/azure/reliability/regions-list
    "japaneast": ("japaneast", "japan east"),
    "japanwest": ("japanwest", "japan west"),
    "eastasia": ("eastasia", "east asia", "東アジアリージョン"),
    "southeastasia": ("southeastasia", "southeast asia", "東南アジアリージョン"),
    "koreacentral": ("koreacentral", "korea central"),
    "eastus": ("eastus", "east us", "米国東部"),
    "westus": ("westus", "west us", "米国西部"),
    "westeurope": ("westeurope", "west europe", "西ヨーロッパ"),
    "northeurope": ("northeurope", "north europe", "北ヨーロッパ"),
    # https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    "ap-northeast-1": ("tokyo region", "東京リージョン"),
    "ap-northeast-3": ("osaka region", "大阪リージョン"),
}
"""By what a region is called, the words that mean it. Ours: those that a Japanese support team meets; codes of the
shapes below need no entry."""
_OF_THE_COUNTRY = {"japaneast": "東日本", "japanwest": "西日本"}
"""Azure calls its Japanese regions by parts of the country; a company may be called so as well (西日本リテール様)."""
_AFTER = "リージョン|地域|エリア|全域|全体|各地|各拠点|拠点"
_CODE = re.compile(
    r"(?<![a-z0-9-])(?:[a-z]{2}(?:-gov)?-(?:north|south|east|west|central){1,2}-[1-9]"  # AWS: ap-northeast-1
    r"|(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-(?:north|south|east|west|central){1,2}[1-9]\d?)"
    r"(?![0-9])"  # Google Cloud: asia-northeast1, https://cloud.google.com/compute/docs/regions-zones
)
_MEANT = {fold(name): key for key, names in NAMED.items() for name in names}
_NAME = re.compile("|".join(rf"(?<![a-z0-9]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in _MEANT))
READ = 2_000
"""Ours: the characters that are read."""


def regions(text: str) -> frozenset[str]:
    """The regions that a text names, by one name each; `ap-northeast-1a` is a zone of `ap-northeast-1`."""
    words = fold(text[:READ])
    found = {code[0] for code in _CODE.finditer(words)} | {_MEANT[name[0]] for name in _NAME.finditer(words)}
    return frozenset(found | {key for key, name in _OF_THE_COUNTRY.items() if name in words and _stands(name, words)})


def _stands(name: str, words: str) -> bool:
    """Not as the beginning of somebody's name."""
    return re.search(rf"{name}(?:(?:{_AFTER})|(?![\u30a0-\u30ff\u4e00-\u9fff]))", words) is not None
