"""Credentials: from the environment or from a file that only we can read; anything else is a sentence."""

import os

import pytest

from bot.settings import SECRETS, SettingsFault, load_configuration, load_environment


@pytest.fixture
def held(tmp_path):
    """A file with this in it, and this mode."""

    def held(text: str | bytes, mode: int = 0o600) -> str:
        path = tmp_path / "token"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return str(path)

    return held


def faults(environ):
    with pytest.raises(SettingsFault) as refused:
        load_environment(environ)
    return list(refused.value.faults)


def test_what_is_secret_is_known():
    assert {"slack_bot_token", "slack_app_token", "slack_signing_secret", "jibungoto_metrics_key"} <= SECRETS


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_every_secret_can_lie_in_a_file(held, name):
    secret = "https://example.com/0123456789abcdef"
    assert getattr(load_environment({f"{name}_file".upper(): held(f"{secret}\n")}), name) == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o644, 0o601])
def test_a_file_that_others_can_open_is_refused_with_what_to_run(held, mode):
    path = held("xoxb-1-2-3", mode)
    assert faults({"SLACK_BOT_TOKEN_FILE": path}) == [
        f"environment: SLACK_BOT_TOKEN_FILE: {path} can be read by others (mode {mode:04o}): chmod 600 {path}"
    ]


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_our_own_is_read(held, mode):
    assert load_environment({"SLACK_BOT_TOKEN_FILE": held("xoxb-1-2-3", mode)}).slack_bot_token == "xoxb-1-2-3"


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "is empty: expected the secret and nothing else"), ("\n\n", "is empty: expected the secret and nothing else"),
     ("a\nb", "has several lines: expected the secret and nothing else"),
     (b"\xff\xfe\x00", "is no text: expected the secret and nothing else"),
     ("x" * 5000, "is longer than 4096 bytes: expected the secret and nothing else")],
)  # fmt: skip
def test_a_file_that_holds_something_else(held, text, fault):
    path = held(text)
    assert faults({"SLACK_APP_TOKEN_FILE": path}) == [f"environment: SLACK_APP_TOKEN_FILE: {path} {fault}"]


def test_no_file_and_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert faults({"SLACK_APP_TOKEN_FILE": str(tmp_path / "none"), "SLACK_BOT_TOKEN_FILE": str(tmp_path / "pipe")}) == [
        f"environment: SLACK_APP_TOKEN_FILE: {tmp_path}/none can't be read: No such file or directory",
        f"environment: SLACK_BOT_TOKEN_FILE: {tmp_path}/pipe is no file",
    ]


def test_both_are_one_too_many(held):
    assert faults({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_BOT_TOKEN_FILE": held("xoxb-2")}) == [
        "environment: SLACK_BOT_TOKEN_FILE: SLACK_BOT_TOKEN is set too: keep one of them"
    ]


def test_a_fault_of_a_file_is_told_beside_the_others(tmp_path):
    assert len(faults({"SLACK_BOT_TOKEN_FILE": str(tmp_path), "JIBUNGOTO_PORT": "many"})) == 2


def test_a_short_key_is_refused_without_being_said():
    (fault,) = faults({"JIBUNGOTO_METRICS_KEY": "hunter2"})
    assert fault.startswith("environment: JIBUNGOTO_METRICS_KEY: expected at least 16 ASCII characters")
    assert "hunter2" not in fault


def test_a_token_where_a_number_belongs_is_not_repeated():
    (fault,) = faults({"JIBUNGOTO_PORT": "xoxb-1234-5678-abcdefgh"})
    assert "abcdefgh" not in fault


@pytest.mark.parametrize(
    ("text", "place", "variable"),
    [
        ('slack_bot_token = "xoxb-12-34-abcdefgh"', "slack_bot_token", "SLACK_BOT_TOKEN"),
        ('[slack]\napp_token = "xapp-1-A-2-abcdefgh"', "slack.app_token", "SLACK_APP_TOKEN"),
        ('[slack]\nsigning_secret = "0123abcdefgh"', "slack.signing_secret", "SLACK_SIGNING_SECRET"),
        ('[[channels]]\nid = "C1"\npolicy = "xoxb-12-34-abcdefgh"', "channels.0.policy", "SLACK_BOT_TOKEN"),
        ('metrics_key = "0123abcdefgh"', "metrics_key", "JIBUNGOTO_METRICS_KEY"),
    ],
)
def test_a_secret_in_the_configuration_file_is_refused_and_not_repeated(tmp_path, text, place, variable):
    path = tmp_path / "jibungoto.toml"
    path.write_text(text)
    with pytest.raises(SettingsFault) as refused:
        load_configuration(str(path))
    (fault,) = refused.value.faults
    assert fault == (
        f"{path}: {place}: a secret does not belong in this file: take it out, and set {variable} or {variable}_FILE; "
        "if others could read the file, make a new one"
    )
    assert "abcdefgh" not in fault
