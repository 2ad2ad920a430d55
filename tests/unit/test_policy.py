"""Policy: durations, checkpoints and ladders as a configuration file writes them, and the terms a case keeps."""

import tomllib
from datetime import timedelta

import pytest
from cases import POLICY, at, terms
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.duration import Span, read_duration, write_duration
from bot.domain.policy import Policy, SeverityTerms, Step, Terms, When
from bot.shipped import shipped

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("20s", timedelta(seconds=20)),
        ("15m", 15 * MINUTE),
        ("1h30m", HOUR + 30 * MINUTE),
        ("90m", HOUR + 30 * MINUTE),
        ("2d", 2 * DAY),
        ("1d2h3m4s", DAY + 2 * HOUR + 3 * MINUTE + timedelta(seconds=4)),
        (" 1H ", HOUR),
        ("366d", 366 * DAY),
    ],
)
def test_a_duration_is_read(text, duration):
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", " ", "0m", "0d0h", "15", "-5m", "1.5h", "15 m", "30m1h", "1bd", "PT15M", "15min", "367d", "9" * 40 + "d"],
)
def test_what_is_no_duration_is_answered_with_the_right_form(text):
    with pytest.raises(ValueError, match="expected a duration above zero such as 15m or 1h30m"):
        read_duration(text)


@settings(derandomize=True, database=None, deadline=None)
@given(st.integers(1, 366 * 86400))
def test_a_duration_that_is_written_is_read_back(seconds):
    duration = timedelta(seconds=seconds)

    assert read_duration(write_duration(duration)) == duration


@pytest.mark.parametrize(
    ("duration", "text"), [(90 * MINUTE, "1h30m"), (DAY, "1d"), (timedelta(seconds=61), "1m1s"), (HOUR, "1h")]
)
def test_a_duration_is_written_in_its_shortest_form(duration, text):
    assert write_duration(duration) == text


@pytest.mark.parametrize(
    ("text", "written", "moment"),
    [
        ("50%", "50%", "9:30"),
        ("1%", "1%", "9:00:36"),
        ("99%", "99%", "9:59:24"),
        ("10m before", "10m before", "9:50"),
        ("at due", "due", "10:00"),
        ("Due", "due", "10:00"),
        ("60m after", "1h after", "11:00"),
    ],
)
def test_a_checkpoint_is_a_moment_on_a_clock_of_an_hour(text, written, moment):
    when = When.model_validate(text)

    assert (str(when), when.moment(at("9:00"), at("10:00"))) == (written, at(moment))


@pytest.mark.parametrize(
    "given",
    [
        "",
        "0%",
        "100%",
        "²%",
        "２０％",
        "50 %",
        "before",
        "0m before",
        "10 before",
        50,
        {"kind": "percent"},
        {"kind": "percent", "percent": 100},
        {"kind": "before"},
    ],
)
def test_a_checkpoint_that_could_not_be_read_back_is_none(given):
    with pytest.raises(ValidationError, match=r"expected a (checkpoint|duration)"):
        When.model_validate(given)


A_WHOLE = {
    "first_response": "15m",
    "next_contact": "1h",
    "first_response_checkpoints": ["50%", "due"],
    "ladder": [{"after": "5m", "tell": "backup"}, {"after": "5m", "tell": "channel"}],
}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"next_contact": None}, "next_contact_required needs next_contact"),
        ({"first_response": None}, "next_contact_required needs first_response"),
        ({"first_response": 15}, "expected a duration"),
        ({"hold": -5}, "expected a duration"),
        ({"repeat": True}, "expected a duration"),
        ({"ladder": [{"after": "9m", "tell": "backup"}, {"after": "5m", "tell": "channel"}]}, "the ladder climbs"),
        ({"ladder": [{"after": "5m", "tell": "channel"}] * 2}, "ladder says the same twice"),
        ({"next_contact_checkpoints": ["60m before", "1h before"]}, "next_contact_checkpoints says the same twice"),
        ({"ladder": [{"after": "5m", "tell": "the boss"}]}, "'lead' or 'channel'"),
        ({"first_respons": "15m"}, "Extra inputs are not permitted"),
    ],
)
def test_terms_that_could_not_be_kept_are_refused(changes, fault):
    with pytest.raises(ValidationError, match=fault):
        SeverityTerms.model_validate({**A_WHOLE, **changes})


def test_terms_without_a_next_contact_need_neither_clock():
    assert SeverityTerms(next_contact_required=False).first_response is None


def test_a_case_keeps_the_terms_of_its_severity_with_the_policys_name():
    assert Policy.model_validate({"name": "gold", "version": "7", "A": A_WHOLE}).terms("A") == Terms(
        policy="gold",
        version="7",
        severity="A",
        first_response=Span(time=15 * MINUTE),
        next_contact=HOUR,
        next_contact_required=True,
        first_response_checkpoints=(When(kind="percent", percent=50), When(kind="due")),
        next_contact_checkpoints=(When(kind="due"),),
        next_reply_checkpoints=(When(kind="due"),),
        deadline_checkpoints=(When(kind="due"),),
        resolution_checkpoints=(When(kind="due"),),
        vendor_checkpoints=(When(kind="due"),),
        ladder=(Step(after=5 * MINUTE, tell="backup"), Step(after=5 * MINUTE, tell="channel")),
        repeat=None,
        hold=15 * MINUTE,
        quiet_claims=True,
    )


def test_a_severity_without_terms_has_none():
    assert POLICY.terms("B") is None


def test_terms_come_back_from_where_they_are_kept():
    kept = terms(repeat="90s")

    assert Terms.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize("severity", ["A", "B", "C"])
def test_what_we_ship_has_terms_for_every_severity(severity):
    body = tomllib.loads(shipped("policies.toml"))["policies"]["standard"]
    agreed = Policy.model_validate({**body, "name": "standard"}).terms(severity)

    assert agreed is not None
    assert agreed.next_contact_required is (severity != "C")
