"""Shift letters: written once, leased, settled or put off, and in doubt after a crash."""

from datetime import UTC, datetime, timedelta

from bot.domain.shift_letter import ShiftLetter
from bot.domain.values import ChannelId, Timestamp, UserId
from bot.ports import Receipt

ANN, BEN = UserId("UANN"), UserId("UBEN")
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)
LETTER = ShiftLetter(kind="digest", person=ANN, since=EIGHT, until=EIGHT + timedelta(hours=9))
RECEIPT = Receipt(channel=ChannelId("D1"), ts=Timestamp("1.2"))


async def waiting(store, at=EIGHT):
    return await store.read(lambda q: q.shift_letters(at))


async def test_a_letter_is_kept_once_and_waits(store):
    for _ in range(2):
        await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    assert (held.letter, held.attempts, held.unsure, held.looked) == (LETTER, 0, False, 0)
    assert await waiting(store, EIGHT - timedelta(seconds=1)) == []


async def test_an_empty_one_is_remembered_and_not_said(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=True))
    assert await waiting(store) == []
    assert await store.read(lambda q: q.had_shift_letter("digest", ANN, EIGHT))
    for kind, person, since in (("relief", ANN, EIGHT), ("digest", BEN, EIGHT), ("digest", ANN, EIGHT + timedelta(1))):
        assert not await store.read(lambda q, k=kind, p=person, s=since: q.had_shift_letter(k, p, s))


async def test_what_is_settled_waits_no_more(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    await store.write(lambda tx: tx.lease_shift_letter(held.id))
    assert await waiting(store) == []
    await store.write(lambda tx: tx.settle_shift_letter(held.id, "said", EIGHT, "", RECEIPT))
    await store.write(lambda tx: tx.postpone_shift_letter(held.id, EIGHT, "late", unsure=True, looked=0))
    assert await waiting(store) == []


async def test_what_is_put_off_comes_again_then(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    later = EIGHT + timedelta(minutes=1)
    await store.write(lambda tx: tx.lease_shift_letter(held.id))
    await store.write(lambda tx: tx.postpone_shift_letter(held.id, later, "no answer", unsure=True, looked=1))
    assert await waiting(store) == []
    (again,) = await waiting(store, later)
    assert (again.id, again.attempts, again.unsure, again.looked) == (held.id, 1, True, 1)


async def test_what_a_dead_process_was_saying_is_in_doubt(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    await store.write(lambda tx: tx.lease_shift_letter(held.id))
    assert await store.write(lambda tx: tx.recover(EIGHT)) == 1
    (again,) = await waiting(store)
    assert again.unsure


async def test_what_could_not_be_said_is_listed_and_tried_again_when_a_person_wants_it(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    await store.write(lambda tx: tx.lease_shift_letter(held.id))
    await store.write(lambda tx: tx.settle_shift_letter(held.id, "parked", EIGHT, "user_not_found", None))
    (parked,) = await store.read(lambda q: q.parked())
    assert (parked.id, parked.case, parked.what, parked.reason) == (held.id, None, LETTER.key, "user_not_found")
    assert (await store.read(lambda q: q.count())).parked == 1

    assert await store.write(lambda tx: tx.retry(held.id[:8], EIGHT)) == 1
    (again,) = await waiting(store)
    assert (again.letter, again.attempts, await store.read(lambda q: q.parked())) == (LETTER, 0, [])


async def test_what_one_person_was_told_can_be_given_out(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=False))
    (held,) = await waiting(store)
    await store.write(lambda tx: tx.lease_shift_letter(held.id))
    await store.write(lambda tx: tx.settle_shift_letter(held.id, "said", EIGHT, "", RECEIPT))
    (past,) = await store.read(lambda q: q.shift_letters_of(ANN))
    assert (past.letter, past.state, past.settled_at) == (LETTER, "said", EIGHT)
    assert await store.read(lambda q: q.shift_letters_of(BEN)) == []


async def test_what_falls_due_before_a_moment_comes_in_order(store):
    assert await store.read(lambda q: q.due_before(EIGHT, 10)) == []


async def test_who_worked_when_is_forgotten_after_a_month(store):
    await store.write(lambda tx: tx.keep_shift_letter(LETTER, EIGHT, empty=True))
    later = EIGHT + timedelta(days=31)
    other = ShiftLetter(kind="digest", person=BEN, since=later, until=later + timedelta(hours=9))
    await store.write(lambda tx: tx.keep_shift_letter(other, later, empty=True))
    assert not await store.read(lambda q: q.had_shift_letter("digest", ANN, EIGHT))
    assert await store.read(lambda q: q.had_shift_letter("digest", BEN, EIGHT))
