"""Posts: a case is opened by the message that reports it, and by no other."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.post_patterns import PostPatterns
from handlers.slack.posts import Post, read_post

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples" / "sev-a-posts.yaml"
SHARED = ROOT.parent / "shared" / "samples" / "sev-a-posts.yaml"
POSTS: list[dict[str, Any]] = yaml.safe_load(SAMPLES.read_text(encoding="utf-8"))["posts"]
READ = ("severity", "title", "customer", "plan", "reference", "impact", "deadline_text")


def _fields(post: Post | None) -> dict[str, str]:
    return post.model_dump(exclude_none=True, exclude={"body", "mentions"}) if post else {}


def test_our_samples_are_the_shared_ones() -> None:
    """What we test with is what the project agreed on, wherever both can be seen."""
    if not SHARED.exists():
        pytest.skip(f"no {SHARED} beside this checkout")
    assert SAMPLES.read_bytes() == SHARED.read_bytes()


@pytest.mark.parametrize("sample", POSTS, ids=[sample["id"] for sample in POSTS])
def test_every_sample_is_read_as_stated(sample: dict[str, Any]) -> None:
    """Exactly the stated fields under the defaults, or no case at all."""
    post = read_post(sample["text"], PostPatterns())
    stated = {name: sample[name] for name in READ if sample.get(name) is not None}
    assert _fields(post) == (stated if sample["opens"] else {})


def test_mentions_are_told_and_the_body_is_kept() -> None:
    """Who was copied in is known, and the whole message can be read."""
    post = read_post("[SevA] VPN &lt;down&gt; cc <@U02BOB>\nsee <https://x|log>", PostPatterns())
    assert post is not None
    assert post.mentions == ("U02BOB",)
    assert post.body == "[SevA] VPN <down> cc @U02BOB\nsee log"


def test_a_channel_may_open_other_severities() -> None:
    """With A and B set, the SevB sample opens; C stays an ordinary message."""
    patterns = PostPatterns(severities=("A", "B"))
    sample = next(sample for sample in POSTS if sample["id"] == "sevb")
    assert _fields(read_post(sample["text"], patterns)) == {"severity": "B", "title": "管理画面の表示が遅い。"}
    assert _fields(read_post("P2: reports are slow", patterns)) == {"severity": "B", "title": "reports are slow"}
    assert read_post("[SevC] 画面の文言について", patterns) is None


def test_a_team_may_bring_its_own_words() -> None:
    """Aliases, labels and words of trouble come from the settings."""
    patterns = PostPatterns(aliases={"火事": "A"}, labels={"customer": ("屋号",)}, trouble=("燃え",))
    assert _fields(read_post("火事 倉庫が燃えています\n屋号: 北星", patterns)) == {
        "severity": "A",
        "title": "倉庫が燃えています",
        "customer": "北星",
    }
    assert read_post("[SevA] down", patterns) is None
    assert read_post("[SevA] down", PostPatterns(aliases={}, labels={})) is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("［ＳｅｖＡ］　店舗POSのWebサーバーに接続できない", "店舗POSのWebサーバーに接続できない"),
        ("【緊急】全拠点で VPN が切断されています", "全拠点で VPN が切断されています"),
        ("P1: checkout is down in eu-west-1", "checkout is down in eu-west-1"),
        ("sev-1 | payments API timing out for all tenants", "payments API timing out for all tenants"),
        ("SEVA: prod db failover stuck", "prod db failover stuck"),
        ("*SevA: 店舗POSに接続できない*", "店舗POSに接続できない"),
        (":rotating_light: [SevA] 決済が全断", "決済が全断"),
        ("🚨🚨 Sev A - all logins fail", "all logins fail"),
        ("お疲れ様です。\nSevA の相談です。基幹DBが停止しました。", "基幹DBが停止しました。"),
        ("<!here> [SevA] AKS の Pod が全て NotReady", "AKS の Pod が全て NotReady"),
        ("[SevA]\n店舗POSに接続できない\nお客様: 西日本リテール様", "店舗POSに接続できない"),
        ("[SevA]\n件名: 決済APIが 503\n顧客: 北星保険様\n期限: 朝7時", "決済APIが 503"),
        ("SevA が発生しました。認証基盤が応答しません。", "認証基盤が応答しません。"),
        ("重要度A　メールが送受信できません", "メールが送受信できません"),
        ("Sev A production API down, can anyone help?", "production API down, can anyone help?"),
        ("[SevA] 店舗POSに接続できない、どなたか見られますか?", "店舗POSに接続できない、どなたか見られますか?"),
        ("[Contoso][SevA] portal returns 502", "portal returns 502"),
        ("[SevA][Contoso] portal returns 502", "[Contoso] portal returns 502"),
        ("【緊急】【重要度A】全システム停止", "全システム停止"),
        ("Severity A: customer cannot fail over", "customer cannot fail over"),
        ("New Sev A: storage account unreachable", "storage account unreachable"),
        ("[SevA] お世話になっております。店舗POSがダウンしています。", "店舗POSがダウンしています。"),
        ("(SevA) DB 接続エラー &gt; 90%", "DB 接続エラー > 90%"),
        ("[SevA] POS 不通 お客様:西日本リテール様 SR#2411230010001234", "POS 不通"),
        ("&gt; お客様より: 至急見てください\n[SevA] 店舗POSに接続できない", "店舗POSに接続できない"),
        ("SevA　VPN切断、3拠点", "VPN切断、3拠点"),
        ("<@U02BOB> Sev1: DNS resolution failing", "DNS resolution failing"),
        ("SEV 1: DNS failing", "DNS failing"),
        ("重要度：A 決済停止", "決済停止"),
        ("緊急: 決済停止", "決済停止"),
        ("緊急です。決済が停止しています", "決済が停止しています"),
        ("sev a: db down", "db down"),
        ("seva: db down", "db down"),
        ("P1 outage in Tokyo", "outage in Tokyo"),
        (
            "[SevA] フェールオーバー後に一度復旧しましたが再発しました",
            "フェールオーバー後に一度復旧しましたが再発しました",
        ),
        ("SevA案件です。ログイン不可。", "ログイン不可。"),
        ("Sev A from Contoso Freight: everything is down", "from Contoso Freight: everything is down"),
        ("[P1] Titles vanish", "Titles vanish"),
        ("[Sev A / 本番] ログイン障害", "ログイン障害"),
        ("SevA!!! 全店舗の決済が止まっています", "全店舗の決済が止まっています"),
        ("[SevA] `kubectl get nodes` hangs ```E1124 timeout```", "`kubectl get nodes` hangs"),
        ("Sev A case for Contoso: production down", "case for Contoso: production down"),
        ("SevA です。西日本リテール様 POS ダウン", "西日本リテール様 POS ダウン"),
        ("SEV1 incident: payment DB is read-only", "payment DB is read-only"),
        ("【SevA】西日本リテール様 決済不可", "西日本リテール様 決済不可"),
        ("緊急！POSが落ちました", "POSが落ちました"),
        ("重要度Aの案件です。店舗POSが落ちました。", "店舗POSが落ちました。"),
        ("Sev A escalation: DB down", "DB down"),
        ("*【SevA】*店舗POS 不通", "店舗POS 不通"),
        ("SEV-A: API down", "API down"),
        ("[SevA] 2 stores down", "2 stores down"),
        ("重要度: A\n件名: 店舗POS不通\nお客様: 西日本リテール様", "店舗POS不通"),
        ("【SevA】\n\n店舗POS不通", "店舗POS不通"),
    ],
)
def test_a_reported_case_opens_with_its_title(text: str, title: str) -> None:
    """However the marker is written, and whatever greeting stands before it."""
    post = read_post(text, PostPatterns())
    assert post is not None
    assert (post.severity, post.title) == ("A", title)


@pytest.mark.parametrize(
    "text",
    [
        "SevA → SevB に変更しました",
        "[SevA] → [SevB]",
        "[SevA]",
        "SevA",
        "【緊急】",
        "[SevA] <@U02BOB>",
        "Seva: thanks for yesterday",
        "Seva, could you look?",
        "Seva is out today",
        "Sev A の定義を教えてください",
        "SevA対応お疲れ様でした!",
        "Sev A cases need a phone call",
        "SEV1 was resolved at 10:00",
        "P1 customers are listed here",
        "```\n[SevA] x\n```",
        "`[SevA] 件名` と書いて投稿してください",
        "~[SevA] POS down~",
        "&gt;&gt;&gt; [SevA] x\n[SevA] y down",
        "[SevA/SevB] の違いを表にしました",
        "SevA/B の違いは?",
        "sev-a-checklist を更新しました",
        "Sev A と Sev B の違いは何ですか?",
        "Sev A or B?",
        "<https://wiki/sev|SevA 手順>",
        "https://wiki/[SevA]",
        "今 SevA 来てます?",
        "[SevA] の件、無事クローズしました",
        "[SevA] 店舗POSの件、復旧しました",
        "Sev A response time at night?",
        "緊急連絡網を更新しました",
        "緊急の際はこちら",
        "緊急 連絡先一覧",
        "P1.5 って何",
        "p10 のディスク障害",
        "Sev A の場合は誰に電話しますか?",
        "[SevA] って夜間も対応でしたっけ?",
        "[SevA] POS down - resolved",
        "Re: [SevA] x",
        "昨夜の[SevA]ありがとうございました",
        "SevA から SevB に下げました",
        "Seva さん、障害の件ありがとう",
        "[SevB] 遅い",
        "sevb: slow",
        "",
        "   ",
        "!!!",
        "お客様: X / 契約: Y",
        "[SevA] 件名\nお客様:\n契約:",
        "Sev A は顧客の業務が停止した場合です",
        "P1 です",
        "SevAの件どうなりましたか?",
        "Sev A only during the night",
        "sev a checklist",
        "Sev A's",
        "SevAB: x",
        "Sev A: 0, Sev B: 2",
        "Sev A: 2件",
        "SevA: 0件、SevB: 3件",
        "SevA 当番: 田中さん",
        "Sev A on-call is Tanaka",
        "今日の SevA は 2 件です",
        "SevA 昨日の振り返りをします",
        "SEV1 postmortem tomorrow",
        "P1 review at 15:00",
        "SevA 解決しました",
        "Sev A resolved, thanks all!",
        "SevA クローズしました!",
        "SevA 対応中です",
        "> [SevA] x down",
        "「SevA」って何ですか?",
    ],
)
def test_talk_opens_nothing(text: str) -> None:
    """Questions, news of an end, quotations, names, code and other severities are ordinary messages."""
    assert read_post(text, PostPatterns()) is None


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "[SevA]\n件名: 決済APIが 503\n顧客: 北星保険様\n期限: 朝7時\n影響: 全店舗、3億円/日",
            {
                "title": "決済APIが 503",
                "customer": "北星保険様",
                "deadline_text": "朝7時",
                "impact": "全店舗、3億円/日",
            },
        ),
        (
            "[SevA] POS 不通 お客様:西日本リテール様 SR#2411230010001234",
            {"title": "POS 不通", "customer": "西日本リテール様", "reference": "2411230010001234"},
        ),
        (
            "P1: x down\n*Customer:* Contoso, Inc., plan: Premier\nTicket: <https://x/9|INC-00991>\n【期限】明日 9:00",
            {
                "title": "x down",
                "customer": "Contoso, Inc.",
                "plan": "Premier",
                "reference": "INC-00991",
                "deadline_text": "明日 9:00",
            },
        ),
        (
            "[SevA] DB 停止\nSR 2411230010001234\n■お客様：ABC 商事 様\n・契約プラン：Unified\n"
            "The plan is to fail over, case closed.",
            {"title": "DB 停止", "customer": "ABC 商事 様", "plan": "Unified", "reference": "2411230010001234"},
        ),
        (
            "[SevA]\nお客様: X\nSR#: ２４１１２３００",
            {"title": "お客様: X / SR#: ２４１１２３００", "customer": "X", "reference": "24112300"},
        ),
        ("[SevA] DB 停止\nお客様:\n契約: 不明\n影響: TBD", {"title": "DB 停止"}),
        ("[SevA] DB 停止\n&gt; お客様: 引用\n```お客様: 貼り付け```", {"title": "DB 停止"}),
        ("[SevA] DB 停止\n顧客: 甲\n顧客: 乙", {"title": "DB 停止", "customer": "甲"}),
    ],
)
def test_fields_are_read_from_the_lines_people_write(text: str, fields: dict[str, str]) -> None:
    """Labels in either language, in lists, brackets or bold; a placeholder is no value."""
    assert _fields(read_post(text, PostPatterns())) == {"severity": "A", **fields}


def test_a_title_keeps_its_limit() -> None:
    """The card's header has room for 150 characters."""
    post = read_post("[SevA] " + "あ" * 500, PostPatterns())
    assert post is not None
    assert post.title == "あ" * 149 + "…"


@given(st.text() | st.text(alphabet=st.sampled_from("[]【】SevA:：-→ 緊急のP1はお客様契約/#*_~`<>@&;?。\n")))
def test_no_message_breaks_the_reading(text: str) -> None:
    """Whatever is typed, a case opens with a title or nothing happens."""
    post = read_post(text, PostPatterns())
    assert post is None or post.title


@pytest.mark.parametrize(
    "text",
    [
        "[SevA] " + "a" * 50_000,
        "お客様:" * 20_000,
        "[SevA] " + "お客様:" * 8_000,
        "[SevA]\n" + "customer, " * 5_000,
        "[" * 50_000,
        "<" * 50_000,
        "*a" * 25_000,
        "```" * 20_000,
        "<@U1> " * 10_000,
        "sev a " * 9_000,
        "[SevA]\n" + "/ 契約 " * 9_000,
        " " * 50_000 + "[SevA]",
        "SevA" + " " * 50_000,
        "[SevA] " + "至急です。" * 9_000,
    ],
)
def test_fifty_thousand_characters_are_read_at_once(text: str) -> None:
    """The event loop waits for this, so it must not notice."""
    patterns = PostPatterns()
    read_post(text, patterns)
    before = time.perf_counter()
    read_post(text, patterns)
    assert time.perf_counter() - before < 0.1
