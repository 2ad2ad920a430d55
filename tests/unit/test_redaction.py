"""Redaction: what is secret is struck out in whatever form it comes, and errors do not quote what people typed."""

import io
import json
import logging
from urllib.parse import quote_plus

import pytest
from pydantic import ValidationError

from bot import redaction
from bot.domain.errors import UnknownCase
from bot.domain.messages import NextStep
from bot.logs import configure_logs, unheard
from bot.redaction import STRUCK, crash_report, keep_quiet, named, redacted

TYPED = "西日本リテール様 POS down"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(redaction, "_known", set())


@pytest.fixture
def log():
    """What is written, by the handler that `serve` writes with."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield (stream := io.StringIO(), lambda form: configure_logs(form, stream))
    root.handlers[:], level = before
    root.setLevel(level)


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abCD",
        "xoxp-1-2",
        "xapp-1-A1-2-abcdef",
        "xoxe.xoxb-1-MSQ",
        "https://hooks.slack.com/commands/T/1/x",
    ],
)
def test_what_has_the_shape_of_a_secret_is_struck_out(secret):
    assert redacted(f"token {secret}, refused") in (f"token {STRUCK}, refused", f"token {STRUCK} refused")


def test_a_ticket_and_a_bearer_are_struck_out():
    assert redacted("wss://x/link/?ticket=abc-1&app_id=2") == f"wss://x/link/?ticket={STRUCK}&app_id=2"
    assert redacted("Authorization: Bearer abc.def") == f"Authorization: Bearer {STRUCK}"


def test_our_own_advice_stays_readable():
    advice = "copy it from OAuth & Permissions (xoxb-…), or xapp-…"
    assert redacted(advice) == advice


SECRET = 'pa"ss wörd/8f7422'


@pytest.mark.parametrize("form", [str, repr, json.dumps, quote_plus])
def test_a_known_secret_is_struck_out_in_its_forms(form):
    keep_quiet([SECRET])
    assert "8f7422" not in redacted(f"value {form(SECRET)}!")


def test_an_address_is_struck_out_also_without_its_scheme():
    keep_quiet(["https://hc.example.com/ping/3f0b-secret?k=1"])
    for said in ("https://hc.example.com/ping/3f0b-secret?k=1", "hc.example.com/ping/3f0b-secret", "/ping/3f0b-secret"):
        assert "3f0b-secret" not in redacted(f"POST {said} failed")


def test_a_short_word_is_no_secret():
    keep_quiet(["secret", ""])
    assert redacted("the secret is out") == "the secret is out"


# ---------------------------------------------------------------- errors


def test_an_error_of_code_speaks_and_one_that_quotes_does_not():
    withheld = "(message withheld: it may quote what people typed)"
    assert named(OSError(28, "No space left on device")) == "OSError: [Errno 28] No space left on device"
    assert named(ValueError(TYPED)) == f"ValueError {withheld}"
    assert named(KeyError(TYPED)) == f"KeyError {withheld}"
    assert named(UnknownCase(number=TYPED)) == f"bot.domain.refusals.cases.UnknownCase {withheld}"
    assert named(KeyError()) == "KeyError"


def test_a_report_tells_the_whole_chain_and_no_words():
    def fail() -> None:
        customer = TYPED
        try:
            raise ValueError(customer)
        except ValueError as error:
            raise ExceptionGroup(TYPED, [KeyError(TYPED), RuntimeError("loop is closed")]) from error

    with pytest.raises(ExceptionGroup) as failed:
        fail()
    report = crash_report(failed.value)
    assert TYPED not in report
    assert report.index("ValueError") < report.index("which led to") < report.index("ExceptionGroup")
    assert "in fail" in report
    assert "RuntimeError: loop is closed" in report


def test_an_error_in_a_ring_ends():
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__context__, second.__context__ = second, first
    assert crash_report(first).count("RuntimeError: a") == 1


def test_a_value_that_is_refused_does_not_say_what_was_typed():
    with pytest.raises(ValidationError) as refused:
        NextStep(due=TYPED, action=TYPED)
    assert TYPED not in str(refused.value)


# ---------------------------------------------------------------- logs


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_log_holds_neither_secrets_nor_words(log, form):
    stream, configure = log
    configure(form)
    keep_quiet([SECRET])
    local = TYPED + SECRET
    try:
        raise ValueError(local)
    except ValueError as error:
        logging.getLogger("bot").exception("an act failed")
        logging.getLogger("slack_bolt").exception(f"Failed to run listener function (error: {error})")
        logging.getLogger("aiohttp").error("with %s and xoxb-1-2-3", SECRET, exc_info=error)
    said = stream.getvalue()
    assert "an act failed" in said
    assert said.count("ValueError") >= 3
    assert "xoxb-1" not in said
    assert TYPED not in said
    assert "8f7422" not in said
    if form == "json":
        assert [json.loads(line)["level"] for line in said.splitlines()] == ["error"] * 3


async def test_a_task_that_nobody_awaits_says_no_words(log):
    import asyncio

    stream, configure = log
    configure("console")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(unheard)
    try:
        raise ValueError(TYPED)
    except ValueError as error:
        loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": error})
    assert "never retrieved" in stream.getvalue()
    assert TYPED not in stream.getvalue()
