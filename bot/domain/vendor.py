"""Vendor: somebody outside who was asked about a case: their reference, their promise, and whether they kept it.

Waiting for a vendor pauses nothing that faces the customer: the team owes the next contact all the same. The question
is an isolation area of its own, held by whoever asked it: so the card says who stays in touch (docs/decisions/0029).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.area import MOST_AREAS, find
from bot.domain.clock import Clock
from bot.domain.clock_messages import AskVendor, RecordVendorAnswer, VendorAnswered, VendorAsked
from bot.domain.errors import CaseResolved, NoVendorAsked, VendorNameMissing, VendorNotNamed, VendorTimeMissing
from bot.domain.message import Stamp
from bot.domain.messages import Fact
from bot.domain.sla import next_serial
from bot.domain.text import fold, many_lines, one_line
from bot.domain.values import AreaKey, Instant, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case


class Vendor(Value):
    """One question to a vendor."""

    serial: int
    name: str
    reference: str
    contact: str = ""
    asked_at: Instant
    by: UserId
    promise_at: Instant | None = None
    area: AreaKey | None = None
    answered_at: Instant | None = None


def ask(case: Case, command: AskVendor, stamp: Stamp) -> tuple[Fact, ...]:
    """The vendor's clock; asked again, the same vendor under the same reference has a new promise.

    Raises CaseResolved, VendorNameMissing, VendorTimeMissing, AreaUnknown.
    """
    name, reference = one_line(command.name, 100), one_line(command.reference, 100)
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if not name:
        raise VendorNameMissing(number=case.number)
    times = [at for at in (command.promise_at, command.look_at) if at is not None]
    if not times or min(times) <= stamp.at:
        raise VendorTimeMissing(number=case.number)
    same = next((v for v in waiting(case) if fold(v.name) == fold(name) and reference in ("", v.reference)), None)
    serial = same.serial if same else len(case.vendors) + 1
    moved = tuple(c.end(stamp.at, "replaced") for c in case.ledger if same and c.vendor == serial and c.ended is None)
    clock = Clock(
        name="vendor",
        serial=next_serial(case, "vendor"),
        start=stamp.at,
        due=command.promise_at or times[0],
        look_at=command.look_at if command.promise_at else None,
        vendor=serial,
        cycle=case.cycle,
    )
    return (
        VendorAsked(
            **stamp.fields,
            vendor=serial,
            name=name,
            reference=reference or (same.reference if same else ""),
            contact=one_line(command.contact, 200) or (same.contact if same else ""),
            promise_at=command.promise_at,
            look_at=command.look_at,
            area=_area(case, command, serial, same),
            clocks=(*moved, clock),
        ),
    )


def _area(case: Case, command: AskVendor, serial: int, same: Vendor | None) -> AreaKey | None:
    """The area that waits: the named one, that of an earlier question, or a new one; none where there are too many."""
    if command.area:
        return find(case.areas, command.area, case.number).key
    if same is not None:
        return same.area
    return AreaKey(f"vendor-{serial}") if len(case.areas) < MOST_AREAS else None


def answer(case: Case, command: RecordVendorAnswer, stamp: Stamp) -> tuple[Fact, ...]:
    """A vendor has answered. Raises NoVendorAsked, VendorNotNamed."""
    asked = [v for v in waiting(case) if command.vendor in (None, v.serial)]
    if not asked:
        raise NoVendorAsked(number=case.number)
    if len(asked) > 1:
        raise VendorNotNamed(number=case.number, names=", ".join(f"{v.serial} {v.name}" for v in asked))
    vendor = asked[0]
    clocks = tuple(c.end(stamp.at, "answer") for c in case.ledger if c.vendor == vendor.serial and c.ended is None)
    due: datetime = clocks[0].due if clocks else vendor.promise_at or stamp.at
    text = many_lines(command.text, 3000)
    late = stamp.at > due
    return (
        VendorAnswered(
            **stamp.fields, vendor=vendor.serial, name=vendor.name, text=text, due=due, late=late, clocks=clocks
        ),
    )


def waiting(case: Case) -> tuple[Vendor, ...]:
    """The vendors that have not answered."""
    return tuple(vendor for vendor in case.vendors if vendor.answered_at is None)
