"""Lines: what people type to the bot, for every verb of the grammar; right, half right and wrong.

`{case}` is a case number or nothing, `{area}` an area, `{who}` a handle, `{ref}` a reference, `{word}` free text.
"""

LINES: dict[str, tuple[str, ...]] = {
    "open": (
        "A 店舗POSに接続できない お客様: 西日本リテール様 SR#{ref}",
        "B 倉庫システムの応答が遅い SR#{ref}",
        "A {word}",
        "A",
        "",
    ),
    "list": ("",),
    "show": ("{case}",),
    "mine": ("",),
    "claim": ("{case} {area}", "{case} 新しい領域 {word}", "{case}"),
    "join": ("{case} {area}", "{case}"),
    "release": ("{case} {area}", "{case}"),
    "clear": ("{case} {area} pingは正常 {word}", "{case} {area}"),
    "suspect": ("{case} {area} 応答が遅い {word}",),
    "cause": ("{case} {area} 証明書の期限切れ", "{case}"),
    "waiting": ("{case} {area} ログ待ち",),
    "contacted": (
        "{case} 電話 確認中とお伝えしました / next 30m ログの結果を共有",
        "{case} mail {word} / next 5m 共有",
        "{case} 電話 {word}",
        "{case}",
    ),
    "next": ("{case} 20m 共有 reason: 調査に時間", "{case} 2h 共有 reason: {word}", "{case} 20m 共有", "{case} 昨日"),
    "ack": ("{case}", "{case} 5分", "{case} 9時間"),
    "wrote": ("{case} 10分前 ログを受領", "{case} {word}", "{case}"),
    "pause": ("{case} 1h ログのご送付待ち", "{case} {word}", "{case}"),
    "resume": ("{case}", "{case} {word}"),
    "deadline": ("{case} 2h {word}", "{case} 3h reason: 変更", "{case} なし reason: 不要に", "{case}"),
    "severity": ("{case} B 回避策で業務が再開", "{case} A 再発 / next 30m 状況の報告", "{case} {word}", "{case}"),
    "plan": ("{case} standard reason: 契約書で確認", "{case} apply reason: 訂正", "{case} {word}", "{case}"),
    "vendor": ("{case} Contoso 1h ref: {ref}", "{case} answered {word}", "{case} {word}", "{case}"),
    "clocks": ("{case}", "{case} first-response", "{case} {word}"),
    "duty": ("", "明日 9:00", "{word}"),
    "similar": ("{case}", "{word}"),
    "draft": ("{case}", "{case} en", "{case} {word}"),
    "report": ("{case}",),
    "leave": ("{case}", "{case} {word}"),
    "settings": ("reload", "{word}"),
    "handoff": ("{case} 取消", "{case} {who} よろしく", "{case} {who}", "{case}"),
    "accept": ("{case} まず架電", "{case} 20m まず架電 reason: 調査に時間", "{case} 9時間 {word}", "{case}"),
    "decline": ("{case} 別件対応中", "{case}"),
    "check": (
        "{case} リストア db-prod-01: 02:00のスナップショットから復元 / 戻し方: 旧ボリュームを残す {who}",
        "{case} 重要度 B: 回避策で業務が再開 / 戻し方: A に戻す",
        "{case} 削除 {word} / 戻し方: なし",
        "{case} 取消",
        "{case} 緊急実施 応答なし",
        "{case} 実施済",
        "{case} {word}",
        "{case}",
    ),
    "approve": ("{case} db-prod-01", "{case} B", "{case} {word}", "{case}"),
    "reject": ("{case} 対象が違います", "{case}"),
    "swarm": ("{case} {word}", "{case}"),
    "note": ("{case} {word}", "{case}"),
    "tell": ("{case} {word}", "{case}"),
    "checked": ("{case} impact", "{case} impact undo", "{case} {word}"),
    "resolve": ("{case} 再起動で復旧", "{case}"),
    "close": ("{case} anyway {word}", "{case}"),
    "reopen": ("{case} reason: 再発", "{case} 再発", "{case}"),
    "timeline": ("{case}",),
    "edit": ("{case} customer: {word}", "{case} impact: 業務停止", "{case}"),
    "help": ("",),
}

WORDS = (
    "確認しました",
    "<!channel> 全員へ",
    "<@U05MEI> & <https://example.com|こちら> *太字*",
    "a‮bc​d `code`",
    "長" * 400,
)
"""Free text, with what must never become a ping, a link or a broken layout."""

POSTS = (
    "[SevA] 店舗POSのWebサーバーに接続できない\nお客様: 西日本リテール様 / 契約: Azure Rapid Response / SR# {ref}",
    "重要度A {word}\nSR# {ref}",
    "[SevB] 帳票が出ない",
    "[SevA]",
    "おはようございます",
)

FIELDS: dict[str, tuple[str, ...]] = {
    "next_at": ("30m", "2h", "昨日", "いつか"),
    "reason": ("調査に時間", ""),
    "look_at": ("1h", "昨日"),
    "promise_at": ("1h", ""),
    "wrote_at": ("10m ago", ""),
    "vendor": ("1", ""),
    "said": ("確認中とお伝えしました", "{word}"),
    "evidence": ("pingは正常", "{word}"),
    "deadline": ("18:00", ""),
    "target": ("db-prod-01", "db-prod-02", "{word}"),
    "rollback": ("旧ボリュームを残す", ""),
    "reference": ("{ref}",),
}
"""What is filled into a form's fields, by their names; the others get free text."""
