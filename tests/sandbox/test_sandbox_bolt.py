"""A real Bolt app, over HTTP and through Socket Mode."""

from typing import Any

PLAIN = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "action_id": "claim", "value": "42", "text": PLAIN}
CARD = [{"type": "actions", "block_id": "areas", "elements": [BUTTON]}]
FORM = {
    "type": "modal",
    "callback_id": "contacted",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [
        {
            "type": "input",
            "block_id": "said",
            "label": PLAIN,
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
    ],
}


async def test_a_story_from_post_to_modal(slack, bolt):
    @bolt.event("message")
    async def opened(event: dict[str, Any], client: Any) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="card", blocks=CARD)

    @bolt.command("/sev")
    async def command(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await respond("more")
        await ack(f"heard {body['text']}")

    @bolt.action("claim")
    async def claimed(ack: Any, body: dict[str, Any], client: Any, respond: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await respond("yours")
        await ack()

    @bolt.view("contacted")
    async def contacted(ack: Any, view: dict[str, Any]) -> None:
        said = view["state"]["values"]["said"]["a"]["value"]
        await (ack(response_action="errors", errors={"said": "more, please"}) if said == "ok" else ack())

    yuki = slack.person("U01YUKI")
    root = await yuki.post("C01SEVJA", "[SevA] down")
    card = slack.thread("C01SEVJA", root.ts)[1]
    reply = await yuki.command("/sev", "list", channel="C01SEVJA")
    click = await yuki.click(card, "claim")

    assert (reply.ok, reply.text, [m.text for m in reply.messages]) == (True, "heard list", ["more", "heard list"])
    assert (click.ok, [m.text for m in click.replies]) == (True, ["yours"])
    assert yuki.view["callback_id"] == "contacted"
    assert await yuki.submit({"said": "ok"}) == {"said": "more, please"}
    assert await yuki.submit({"said": "we called the customer"}) is None
    assert yuki.view is None


async def test_a_crash_before_the_ack_brings_the_event_again(slack, bolt):
    seen = []

    @bolt.event("message")
    async def opened(body: dict[str, Any], request: Any) -> None:
        seen.append((body["event_id"], request.headers.get("x-slack-retry-num")))
        if len(seen) == 1:
            raise RuntimeError("crash")

    await slack.person("U01YUKI").post("C01SEVJA", "[SevA] down")
    await slack.wait_for(lambda: len(seen) == 2)

    assert seen[0][0] == seen[1][0]
    assert seen[1][1] == ["1"]


async def test_unmatched_clicks_fail_visibly(slack, bolt, client):
    sent = await client.chat_postMessage(channel="C06RANDOM", text="card", blocks=CARD)
    click = await slack.person("U01YUKI").click(slack.message("C06RANDOM", sent["ts"]), "claim")

    assert not click.ok


async def test_a_partners_team_reaches_bolts_context(slack, bolt):
    teams = []

    @bolt.event("message")
    async def opened(event: dict[str, Any], context: Any) -> None:
        teams.append((context.team_id, event["user_team"]))

    await slack.person("U09PARTNER").post("C03SHARED", "hello")
    assert teams == [("T0JIBUN", "T0PARTNER")]


async def test_a_refreshed_connection_goes_on(slack, bolt):
    seen = []

    @bolt.event("message")
    async def opened(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    await slack.person("U01YUKI").post("C01SEVJA", "before")
    if slack.request_url is None:
        await slack.disconnect("refresh_requested")
        await slack.connected()
    await slack.person("U01YUKI").post("C01SEVJA", "after")
    assert seen == ["before", "after"]
