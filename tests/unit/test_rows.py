"""Values lie in rows so that order, equality and every microsecond survive."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rows import moment_of, reference_of, surface_key, text_of

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30), timezones=ZONES)  # noqa: DTZ001 - hypothesis wants them naive


@given(MOMENTS)
def test_a_moment_comes_back_to_the_microsecond(moment):
    assert moment_of(text_of(moment)) == moment
    assert moment_of(text_of(moment)).tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_texts_are_ordered_as_the_moments_are(one, two):
    assert (text_of(one) < text_of(two)) == (one < two)


def test_a_moment_reads_well():
    assert text_of(datetime(2026, 7, 4, 12, tzinfo=UTC)) == "2026-07-04T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("typed", "kept"), [("INC-1", "inc-1"), ("ＩＮＣ－１", "inc-1"), (" INC-1 ", "inc-1"), ("", "")]
)
def test_a_reference_is_looked_up_without_width_and_case(typed, kept):
    assert reference_of(typed) == kept


@pytest.mark.parametrize(
    ("kind", "case", "person", "key"), [("card", 42, None, "card/42"), ("home", None, "U1", "home/U1")]
)
def test_a_surface_is_named_after_what_it_shows(kind, case, person, key):
    assert surface_key(kind, case, person) == key


def test_a_part_of_a_case_has_a_surface_of_its_own():
    assert surface_key("card", 42, None, "run-1") == "card/42/run-1"


@pytest.mark.parametrize(("kind", "case", "person"), [("card", None, "U1"), ("home", 42, None)])
def test_a_surface_of_nothing_has_no_name(kind, case, person):
    with pytest.raises(ValueError, match="needs its"):
        surface_key(kind, case, person)
