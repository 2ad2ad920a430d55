"""Up to where a channel was heard: the mark never passes what is in hand or was not taken."""

from datetime import UTC, datetime

import pytest

from handlers.slack.heard import Heard, micros, named, spelt

C = "C01SEVJA"


def test_a_name_is_a_number_of_microseconds_and_back():
    assert micros("1795478400.000900") == 1795478400000900
    assert spelt(1795478400000900) == "1795478400.000900"
    assert named(datetime(2026, 11, 24, tzinfo=UTC)) == "1795478400.000000"


def test_the_mark_is_the_newest_message_heard():
    heard = Heard()
    for ts in ("10.000001", "10.000003", "10.000002"):
        with heard.hearing(C, ts):
            pass

    assert heard.marks() == {C: "10.000003"}
    assert heard.knows(C, "10.000002")


def test_the_mark_stays_below_what_is_in_hand():
    "Were we killed now, the older one would have to be read again."
    heard = Heard()
    with heard.hearing(C, "10.000001"):
        with heard.hearing(C, "10.000005"):
            pass
        assert heard.marks() == {C: "10.000000"}

    assert heard.marks() == {C: "10.000005"}


def test_what_was_not_taken_is_owed_until_it_is():
    heard = Heard()
    with pytest.raises(OSError, match="full"), heard.hearing(C, "10.000001"):
        raise OSError("full")
    with heard.hearing(C, "10.000009"):
        pass
    assert heard.owed
    assert heard.marks() == {C: "10.000000"}
    with heard.hearing(C, "10.000001"):
        pass

    assert heard.marks() == {C: "10.000009"}


def test_what_is_owed_for_too_long_is_given_up():
    heard = Heard()
    with pytest.raises(OSError, match="full"), heard.hearing(C, "10.000001"):
        raise OSError("full")
    heard.forget_older(datetime(2026, 11, 24, tzinfo=UTC))
    with heard.hearing(C, "1795478400.000001"):
        pass

    assert heard.marks() == {C: "1795478400.000001"}


def test_a_mark_never_goes_back():
    heard = Heard()
    heard.begin({C: "10.000009"})
    with heard.hearing(C, "10.000004"):
        pass

    assert heard.marks() == {C: "10.000009"}
