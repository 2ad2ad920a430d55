"""Modals, triggers and the home tab."""

import asyncio

import pytest

from sandbox import AppFailed, SlackRefusal
from sandbox import triggers as trigger_file


def plain(text):
    return {"type": "plain_text", "text": text}


def field(name, element, **more):
    return {"type": "input", "block_id": name, "label": plain(name), "element": {"action_id": "a", **element}, **more}


SEVERITIES = [{"text": plain(v), "value": v} for v in ("A", "B")]
FORM = {
    "type": "modal",
    "callback_id": "contacted",
    "title": plain("Contacted"),
    "submit": plain("Save"),
    "private_metadata": "42",
    "blocks": [
        field("said", {"type": "plain_text_input", "min_length": 2}),
        field("severity", {"type": "static_select", "options": SEVERITIES, "initial_option": SEVERITIES[0]}),
        field("to", {"type": "users_select"}, optional=True),
        field("told", {"type": "checkboxes", "options": SEVERITIES}, optional=True),
        field("day", {"type": "datepicker"}, optional=True),
        field("at", {"type": "datetimepicker"}, optional=True),
    ],
}


@pytest.fixture
async def yuki(slack):
    return slack.person("U01YUKI")


@pytest.fixture
async def trigger(yuki, inbox):
    """A fresh trigger of Yuki's."""

    async def fresh():
        await yuki.shortcut("open")
        return inbox.payloads[-1]["trigger_id"]

    return fresh


async def test_a_form_is_filled_and_sent(client, yuki, inbox, trigger):
    await client.views_open(trigger_id=await trigger(), view=FORM)
    errors = await yuki.submit({"said": "we rebooted", "to": "U02BOB", "told": ["B"], "at": 1795478400})

    view = inbox.payloads[-1]["view"]
    values = {block: next(iter(actions.values())) for block, actions in view["state"]["values"].items()}
    assert errors is None
    assert yuki.view is None
    assert values["said"] == {"type": "plain_text_input", "value": "we rebooted"}
    assert values["severity"]["selected_option"]["value"] == "A"
    assert values["to"]["selected_user"] == "U02BOB"
    assert [option["value"] for option in values["told"]["selected_options"]] == ["B"]
    assert values["day"]["selected_date"] is None
    assert values["at"]["selected_date_time"] == 1795478400
    assert (view["private_metadata"], view["root_view_id"], view["app_installed_team_id"]) == (
        "42",
        view["id"],
        "T0JIBUN",
    )


async def test_the_client_refuses_a_bad_form(client, yuki, inbox, trigger):
    await client.views_open(trigger_id=await trigger(), view=FORM)
    for values, why in (
        ({}, "please complete: said"),
        ({"said": "x"}, "2 to 3000 characters"),
        ({"said": "ok", "severity": "Z"}, "no option 'Z'"),
        ({"said": "ok", "to": "U99"}, "no person 'U99'"),
        ({"said": "ok", "day": "tomorrow"}, "not a date"),
        ({"sadi": "ok"}, "no input 'sadi'"),
    ):
        with pytest.raises(SlackRefusal, match=why):
            await yuki.submit(values)
    assert not [p for p in inbox.payloads if p["type"] == "view_submission"]


async def test_errors_keep_the_modal_and_what_was_typed(client, yuki, inbox, trigger):
    inbox.answer = lambda p: {"response_action": "errors", "errors": {"said": "too short"}} if "view" in p else None
    await client.views_open(trigger_id=await trigger(), view=FORM)

    assert await yuki.submit({"said": "ok"}) == {"said": "too short"}
    assert yuki.view["state"]["values"]["said"]["a"]["value"] == "ok"


async def test_errors_for_a_block_that_is_no_input_are_the_apps_fault(client, yuki, inbox, trigger):
    inbox.answer = lambda p: {"response_action": "errors", "errors": {"a": "x"}} if "view" in p else None
    await client.views_open(trigger_id=await trigger(), view=FORM)

    with pytest.raises(AppFailed):
        await yuki.submit({"said": "ok"})


async def test_the_answer_may_update_push_and_clear(client, yuki, inbox, trigger):
    answers = [
        {"response_action": "update", "view": {**FORM, "callback_id": "second"}},
        {"response_action": "push", "view": {**FORM, "callback_id": "third"}},
        {"response_action": "clear"},
    ]
    inbox.answer = lambda p: answers.pop(0) if p["type"] == "view_submission" else None
    await client.views_open(trigger_id=await trigger(), view=FORM)

    await yuki.submit({"said": "ok"})
    assert yuki.view["callback_id"] == "second"
    await yuki.submit({"said": "ok"})
    assert (yuki.view["callback_id"], yuki.view["previous_view_id"]) == ("third", yuki.view["root_view_id"])
    await yuki.submit({"said": "ok"})
    assert yuki.view is None


async def test_an_update_keeps_what_was_typed_and_checks_the_hash(client, yuki, inbox, trigger, refused):
    opened = (await client.views_open(trigger_id=await trigger(), view=FORM))["view"]
    yuki.view["state"]["values"]["said"]["a"]["value"] = "typed"
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)

    assert yuki.view["state"]["values"]["said"]["a"]["value"] == "typed"
    stale = client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_update(view_id="V0", view=FORM)) == "not_found"


async def test_a_trigger_works_once_and_for_three_seconds(client, trigger, refused, monkeypatch):
    assert await refused(client.views_open(trigger_id="1.2.x", view=FORM)) == "invalid_trigger"
    used = await trigger()
    await client.views_open(trigger_id=used, view=FORM)
    assert await refused(client.views_open(trigger_id=used, view=FORM)) == "exchanged_trigger_id"

    monkeypatch.setattr(trigger_file, "TRIGGER_SECONDS", 0.01)
    old = await trigger()
    await asyncio.sleep(0.02)
    assert await refused(client.views_open(trigger_id=old, view=FORM)) == "expired_trigger_id"


async def test_three_modals_lie_on_each_other_at_most(slack, client, yuki, inbox, trigger, refused):
    button = {"type": "button", "action_id": "deeper", "text": plain("Deeper")}
    view = {"type": "modal", "title": plain("T"), "blocks": [{"type": "actions", "elements": [button]}]}
    outside = await trigger()
    assert await refused(client.views_push(trigger_id=outside, view=view)) == "not_found"
    await client.views_open(trigger_id=await trigger(), view=view)
    for _ in range(2):
        await yuki.click(yuki.view, "deeper")
        await client.views_push(trigger_id=inbox.payloads[-1]["trigger_id"], view=view)
    await yuki.click(yuki.view, "deeper")
    too_deep = client.views_push(trigger_id=inbox.payloads[-1]["trigger_id"], view=view)

    assert await refused(too_deep) == "push_limit_reached"
    assert slack.views.depth("U01YUKI") == 3


async def test_closing_is_told_only_if_asked_for(client, yuki, inbox, trigger):
    await client.views_open(trigger_id=await trigger(), view=FORM)
    await yuki.close_view()
    await client.views_open(trigger_id=await trigger(), view={**FORM, "notify_on_close": True})
    await yuki.close_view()

    assert [p["type"] for p in inbox.payloads] == ["shortcut", "shortcut", "view_closed"]


async def test_bad_views_are_refused(client, yuki, trigger, refused):
    bad = {**FORM, "title": plain("x" * 25)}
    assert await refused(client.views_open(trigger_id=await trigger(), view=bad)) == "invalid_arguments"
    section = {"type": "section", "text": plain("x" * 2990)}
    large = {**FORM, "blocks": [section] * 90}
    assert await refused(client.views_open(trigger_id=await trigger(), view=large)) == "view_too_large"
    named = {**FORM, "external_id": "one"}
    await client.views_open(trigger_id=await trigger(), view=named)
    again = client.views_open(trigger_id=await trigger(), view=named)
    assert await refused(again) == "duplicate_external_id"


async def test_the_home_tab_is_published_for_one_person(slack, client, yuki, inbox, refused):
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("your cases")}]}
    assert await yuki.open_home() is None
    assert inbox.events("app_home_opened")[0]["tab"] == "home"

    first = (await client.views_publish(user_id="U01YUKI", view=home))["view"]
    await client.views_publish(user_id="U01YUKI", view=home, hash=first["hash"])
    assert (await yuki.open_home())["blocks"][0]["text"]["text"] == "your cases"
    assert slack.person("U02BOB").home is None
    stale = client.views_publish(user_id="U01YUKI", view=home, hash=first["hash"])
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_publish(user_id="U99", view=home)) == "user_not_found"
