"""Element: what stands inside a block: texts, buttons, menus, inputs. Limits are slack_sdk's where it has them."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import (
    ButtonElement,
    ConfirmObject,
    ImageElement,
    InputInteractiveElement,
    InteractiveElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    StaticSelectElement,
)

from .checks import Check, anything, boolean, choice, complain, integer, items, kinds, record, string

_TYPE: dict[str, Check] = {"type": anything}


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return record({"type": choice("plain_text"), "text": string(most, least)}, {"emoji": boolean})


def either(most: int, least: int = 1) -> Check:
    """A plain_text or mrkdwn object."""
    mrkdwn = record({"type": choice("mrkdwn"), "text": string(most, least)}, {"verbatim": boolean})
    return kinds({"plain_text": plain(most, least), "mrkdwn": mrkdwn})


ID = string(InteractiveElement.action_id_max_length, 1)
URL = string(ButtonElement.url_max_length, 1)
STYLE = choice("primary", "danger")
CONFIRM = record(
    {
        "title": plain(ConfirmObject.title_max_length),
        "text": either(ConfirmObject.text_max_length),
        "confirm": plain(ConfirmObject.confirm_max_length),
        "deny": plain(ConfirmObject.deny_max_length),
    },
    {"style": STYLE},
)
_VALUE = string(Option.value_max_length, 1)
OPTION = record(
    {"text": either(Option.label_max_length), "value": _VALUE}, {"description": either(Option.label_max_length)}
)
PLAIN_OPTION = record(
    {"text": plain(Option.label_max_length), "value": _VALUE},
    {"description": plain(Option.label_max_length), "url": URL},
)
GROUP = record(
    {
        "label": plain(OptionGroup.label_max_length),
        "options": items(PLAIN_OPTION, OptionGroup.options_max_length),
    }
)
PLACEHOLDER = plain(InputInteractiveElement.placeholder_max_length)
_MENU = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean, "placeholder": PLACEHOLDER}
_PICK = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean}
_OPTIONS_MOST = StaticSelectElement.options_max_length
_FILTER = record({}, {"include": anything, "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean})
_DISPATCH = record({"trigger_actions_on": anything})


def _menu(extra: dict[str, Check], required: dict[str, Check] | None = None) -> Check:
    return record({**_TYPE, **(required or {})}, {**_MENU, **extra})


def _static(initial: str, initial_check: Check, extra: dict[str, Check]) -> Check:
    menu = _menu(
        {
            "options": items(PLAIN_OPTION, _OPTIONS_MOST),
            "option_groups": items(GROUP, StaticSelectElement.option_groups_max_length),
            initial: initial_check,
            **extra,
        }
    )

    def check(value: Any, path: str, found: list[str]) -> None:
        menu(value, path, found)
        if (value.get("options") is None) == (value.get("option_groups") is None):
            complain(found, "must define either `options` or `option_groups`", path)
        else:
            _initial_is_offered(value, initial, path, found)

    return check


def _offered(element: dict[str, Any]) -> list[Any]:
    groups = element.get("option_groups")
    options = element.get("options")
    if isinstance(options, list):
        return options
    return [o for g in groups or [] if isinstance(g, dict) for o in g.get("options") or []]


def _initial_is_offered(element: dict[str, Any], key: str, path: str, found: list[str]) -> None:
    initial = element.get(key)
    wanted = initial if isinstance(initial, list) else [initial] if initial is not None else []
    offered = _offered(element)
    if any(each not in offered for each in wanted):
        complain(found, f"{key} must be one of the provided options", f"{path}/{key}")


def _choices(initial: str, initial_check: Check) -> Check:
    # Radio buttons and checkboxes: 10 options. D:reference/block-kit/block-elements/checkboxes-element
    shape = record({**_TYPE, "options": items(OPTION, 10)}, {**_PICK, initial: initial_check})

    def check(value: Any, path: str, found: list[str]) -> None:
        shape(value, path, found)
        _initial_is_offered(value, initial, path, found)

    return check


def _many(kind: str, extra: dict[str, Check] | None = None) -> Check:
    return _menu({kind: items(string(), 100, 0), "max_selected_items": integer, **(extra or {})})


_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": _FILTER}

IMAGE = record(
    {**_TYPE, "alt_text": string(ImageElement.alt_text_max_length)},
    {"image_url": string(ImageElement.image_url_max_length, 1), "slack_file": anything},
)
BUTTON = record(
    {**_TYPE, "text": plain(ButtonElement.text_max_length)},
    {
        "action_id": ID,
        "url": URL,
        "value": string(ButtonElement.value_max_length),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(ButtonElement.text_max_length),
        "agent_prompt": string(ButtonElement.agent_prompt_max_length),
    },
)
OVERFLOW = record(
    {**_TYPE, "options": items(PLAIN_OPTION, OverflowMenuElement.options_max_length)},
    {"action_id": ID, "confirm": CONFIRM},
)
MENUS: dict[str, Check] = {
    "static_select": _static("initial_option", PLAIN_OPTION, {}),
    "multi_static_select": _static(
        "initial_options", items(PLAIN_OPTION, _OPTIONS_MOST), {"max_selected_items": integer}
    ),
    "external_select": _menu({"initial_option": PLAIN_OPTION, "min_query_length": integer}),
    "multi_external_select": _many("initial_options", {"min_query_length": integer}),
    "users_select": _menu({"initial_user": string()}),
    "multi_users_select": _many("initial_users"),
    "conversations_select": _menu(
        {"initial_conversation": string(), "response_url_enabled": boolean, **_CONVERSATIONS}
    ),
    "multi_conversations_select": _many("initial_conversations", {**_CONVERSATIONS}),
    "channels_select": _menu({"initial_channel": string(), "response_url_enabled": boolean}),
    "multi_channels_select": _many("initial_channels"),
}
PICKERS: dict[str, Check] = {
    "datepicker": _menu({"initial_date": string(10, 10)}),
    "timepicker": _menu({"initial_time": string(5, 5), "timezone": string()}),
    "checkboxes": _choices("initial_options", items(OPTION, 10)),
    "radio_buttons": _choices("initial_option", OPTION),
}
DATETIME: dict[str, Check] = {"datetimepicker": record(_TYPE, {**_PICK, "initial_date_time": integer})}
_TYPING = {"action_id": ID, "focus_on_load": boolean, "placeholder": PLACEHOLDER, "dispatch_action_config": _DISPATCH}
WRITING: dict[str, Check] = {
    "plain_text_input": record(
        _TYPE,
        {**_TYPING, "initial_value": string(), "multiline": boolean, "min_length": integer, "max_length": integer},
    ),
    "email_text_input": record(_TYPE, {**_TYPING, "initial_value": string()}),
    "url_text_input": record(_TYPE, {**_TYPING, "initial_value": string()}),
    "number_input": record(
        {**_TYPE, "is_decimal_allowed": boolean},
        {**_TYPING, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "rich_text_input": record(_TYPE, {**_TYPING, "initial_value": anything}),
    "file_input": record(_TYPE, {"action_id": ID, "filetypes": anything, "max_files": integer}),
}
WORKFLOW_BUTTON = record(
    {**_TYPE, "text": plain(ButtonElement.text_max_length), "workflow": anything},
    {"action_id": ID, "style": STYLE, "accessibility_label": string(ButtonElement.text_max_length)},
)
BUTTONS: dict[str, Check] = {"button": BUTTON, "workflow_button": WORKFLOW_BUTTON}

# Which element may stand where. D:reference/block-kit/block-elements
ACTIONS = kinds({**BUTTONS, "overflow": OVERFLOW, **MENUS, **PICKERS, **DATETIME})
ACCESSORY = kinds({**BUTTONS, "overflow": OVERFLOW, **MENUS, **PICKERS, "image": IMAGE})
INPUT = kinds({**MENUS, **PICKERS, **DATETIME, **WRITING})
CONTEXT = kinds({"image": IMAGE, "mrkdwn": either(3000), "plain_text": plain(3000)})
