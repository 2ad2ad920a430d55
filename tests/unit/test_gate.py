"""Gate: Slack's own request, now, once. Signed as Slack's page says, with the clock in the test's hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.web.gate import OLDEST, Gate
from sandbox.inbound import sign

SECRET, NOW = "8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618
BODY = b"token=x&command=%2Fsev&text=open"
EVENT = b'{"type":"event_callback"}'


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def gate(clock):
    return Gate(SECRET, clock)


def signed(body=BODY, *, at=NOW, secret=SECRET, **more):
    headers = sign(secret, body, at)
    return {
        "X-Slack-Request-Timestamp": headers["x-slack-request-timestamp"],
        "X-Slack-Signature": headers["x-slack-signature"],
    } | more


def test_slacks_own_example_is_admitted(clock):
    "The figures of https://docs.slack.dev/authentication/verifying-requests-from-slack"
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
        b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    clock.now = 1531420618.0
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert Gate(SECRET, clock).admits(headers, body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": signed()["X-Slack-Signature"]},
        signed() | {"X-Slack-Request-Timestamp": "soon"},
        signed() | {"X-Slack-Request-Timestamp": "１５３１４２０６１８"},
        signed() | {"X-Slack-Request-Timestamp": f"-{NOW}"},
        signed() | {"X-Slack-Request-Timestamp": "9" * 400},
        signed() | {"X-Slack-Signature": ""},
        signed() | {"X-Slack-Signature": "v1=" + "0" * 64},
        signed() | {"X-Slack-Signature": "v0=" + "g" * 64},
        signed() | {"X-Slack-Signature": "v0=" + "０" * 64},
        signed(at=NOW - OLDEST - 1),
        signed(at=NOW + OLDEST + 1),
    ],
)
def test_headers_that_no_body_could_make_right(gate, headers):
    "Refused before the body is read, and after it all the same."
    assert gate.hopeless(headers)
    assert not gate.admits(headers, BODY)


@pytest.mark.parametrize("at", [NOW - OLDEST, NOW, NOW + OLDEST])
def test_five_minutes_either_way(gate, at):
    assert not gate.hopeless(signed(at=at))
    assert gate.admits(signed(at=at), BODY)


@given(st.binary(max_size=200))
def test_a_signature_is_for_its_body_alone(body):
    gate = Gate(SECRET, Clock())
    assert gate.admits(signed(), body) == (body == BODY)


def test_another_secret(gate):
    assert not gate.admits(signed(secret="0" * 32), BODY)
    assert len(gate) == 0, "what was not signed takes no memory"


def test_the_same_request_again_is_refused_for_as_long_as_its_time_is_right(gate, clock):
    headers = signed(at=NOW + OLDEST)
    assert gate.admits(headers, BODY)
    for clock.now in (NOW, NOW + 299, NOW + OLDEST, NOW + 2 * OLDEST):
        assert not gate.admits(headers, BODY)


def test_slack_repeating_an_event_in_the_same_second_is_heard(gate):
    "Each of its three repetitions once; the number is no key for a form, which Slack never repeats."
    numbers = [None, "1", "1", "2", "3", "4", "x"]
    retry = [{"X-Slack-Retry-Num": number} if number else {} for number in numbers]
    assert [gate.admits(signed(EVENT) | more, EVENT) for more in retry] == [True, True, False, True, True, False, False]
    assert [gate.admits(signed() | more, BODY) for more in retry] == [True, *[False] * 6]


def test_what_came_to_nothing_may_come_again(gate):
    assert gate.admits(signed(), BODY)
    gate.forget(signed(), BODY)
    assert gate.admits(signed(), BODY)


def test_memory_is_bounded(clock):
    gate = Gate(SECRET, clock, most=10)
    for at in range(NOW - 100, NOW):
        assert gate.admits(signed(at=at), BODY)
    assert len(gate) == 10


def test_what_is_too_old_to_be_right_is_forgotten(gate, clock):
    for at in range(NOW - 100, NOW):
        gate.admits(signed(at=at), BODY)
    clock.now = NOW + OLDEST + 1
    gate.admits(signed(at=NOW + OLDEST), BODY)
    assert len(gate) == 1
