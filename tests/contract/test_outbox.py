"""A notice is said once, in the order of its urgency, and never lost on the way."""

from datetime import timedelta

from clerk import NINE

from bot.domain.messages import NEWS, REMINDER, THREAD, LoseThread, NoteAdded, Notice, StartThread
from bot.ports import Posts, Receipt

MINUTE = timedelta(minutes=1)
THERE = Receipt(channel="C_TEAM", ts="2.0002")


def notice(case, key, *, urgency=NEWS, place="thread", to=None):
    fact = NoteAdded(by="U_ANN", at=NINE, text=key)
    return Notice(key=key, case=case.number, place=place, to=to, urgency=urgency, fact=fact)


async def enqueue(store, *notices, at=NINE):
    await store.write(lambda tx: [tx.enqueue(n, at) for n in notices])


async def take(store, at=NINE, limit=10):
    return await store.write(lambda tx: tx.take_letters(at, limit))


def keys(letters):
    return [letter.notice.key for letter in letters]


async def test_a_letter_carries_its_notice_whole(clerk):
    case = await clerk.open()
    sent = notice(case, "n", place="person", to="U_BEN")
    await enqueue(clerk.store, sent)

    (letter,) = await take(clerk.store)

    assert (letter.notice, letter.created_at, letter.attempts, letter.unsure) == (sent, NINE, 0, False)
    assert "SEV" not in letter.id


async def test_a_key_is_said_once_for_all_time(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "n"), notice(case, "n"))
    (letter,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.settle_letter(letter.id, THERE, NINE))
    await enqueue(clerk.store, notice(case, "n"), at=NINE + MINUTE)

    assert await take(clerk.store, NINE + MINUTE) == []


async def test_letters_go_by_urgency_then_age(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "news"), notice(case, "thread", urgency=THREAD))
    await enqueue(clerk.store, notice(case, "reminder", urgency=REMINDER), notice(case, "late news"), at=NINE + MINUTE)
    await enqueue(clerk.store, notice(case, "second reminder", urgency=REMINDER), at=NINE + MINUTE)

    letters = await take(clerk.store, NINE + MINUTE)

    assert keys(letters) == ["reminder", "second reminder", "thread", "news", "late news"]


async def test_a_leased_letter_is_not_taken_again(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"))

    assert keys(await take(clerk.store, limit=1)) == ["a"]
    assert keys(await take(clerk.store)) == ["b"]
    assert await take(clerk.store, NINE + 999 * MINUTE) == []


async def test_a_postponed_letter_comes_back_at_its_time_and_says_what_is_known(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "n"))
    (letter,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.postpone_letter(letter.id, NINE + MINUTE, "no answer", unsure=True))

    early, when = await take(clerk.store), await clerk.store.read(lambda q: q.next_delivery())
    (again,) = await take(clerk.store, NINE + MINUTE)

    assert early == []
    assert when == NINE  # the card, wanted since the opening
    assert (again.id, again.attempts, again.unsure) == (letter.id, 1, True)


async def test_letters_for_a_thread_wait_for_the_thread(clerk):
    """The channel's and a person's letters go at once, the thread's when it stands."""
    case = await clerk.open(thread=None)
    await enqueue(clerk.store, notice(case, "thread"), notice(case, "broadcast", place="broadcast"))
    await enqueue(clerk.store, notice(case, "person", place="person", to="U_BEN"))

    first = await take(clerk.store)
    idle = await clerk.store.read(lambda q: q.next_delivery())
    await clerk.act(StartThread(delivery=clerk.delivery(), by="", case=case.number, thread="1.0001"))
    then = await take(clerk.store)

    assert {letter.notice.place for letter in first} == {"channel", "person"}
    assert idle is None
    assert keys(then) == ["thread", "broadcast"]


async def test_a_lost_thread_makes_its_letters_wait_for_the_next(clerk):
    case = await clerk.open(thread="1.0001")
    await enqueue(clerk.store, notice(case, "n"))
    await clerk.act(LoseThread(delivery=clerk.delivery(), by="", case=case.number, thread="1.0001"))

    assert [letter.notice.place for letter in await take(clerk.store)] == ["channel"]


async def test_a_settled_letter_stays_settled(clerk):
    """Late news about a letter that was said changes nothing."""
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "n"))
    (letter,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.settle_letter(letter.id, None, NINE))
    await clerk.store.write(lambda tx: tx.postpone_letter(letter.id, NINE, "late", unsure=True))
    await clerk.store.write(lambda tx: tx.park_letter(letter.id, "late", NINE))

    assert await take(clerk.store, NINE + MINUTE) == []
    assert await clerk.store.read(lambda q: q.parked()) == []


async def test_what_could_not_be_said_is_seen_the_newest_first(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"))
    first, second = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.park_letter(first.id, "the person has left", NINE))
    await clerk.store.write(lambda tx: tx.park_letter(second.id, "our mistake", NINE + MINUTE))

    parked = await clerk.store.read(lambda q: q.parked())

    assert [(p.id, p.case, p.what, p.reason, p.at) for p in parked] == [
        (second.id, case.number, "b", "our mistake", NINE + MINUTE),
        (first.id, case.number, "a", "the person has left", NINE),
    ]
    assert len(await clerk.store.read(lambda q: q.parked(1))) == 1


async def test_the_backlog_is_the_age_of_the_oldest_letter_that_could_go(clerk):
    """Being tried or put off does not make it younger; being said, parked or waiting for a thread ends it."""
    case, silent = await clerk.open(), await clerk.open(thread=None)
    await take(clerk.store)  # the channel's letter of the case without a thread
    none = await clerk.store.read(lambda q: q.backlog(NINE - MINUTE))
    await enqueue(clerk.store, notice(silent, "waits"), at=NINE - MINUTE)
    await enqueue(clerk.store, notice(case, "n"), at=NINE + MINUTE)

    (letter,) = await take(clerk.store, NINE + MINUTE)
    opening = await clerk.store.read(lambda q: q.backlog(NINE + 3 * MINUTE))
    await clerk.store.write(lambda tx: tx.postpone_letter(letter.id, NINE + 9 * MINUTE, "limit", unsure=False))
    postponed = await clerk.store.read(lambda q: q.backlog(NINE + 4 * MINUTE))

    assert (none, opening, postponed) == (timedelta(0), 3 * MINUTE, 4 * MINUTE)


async def test_what_a_dead_process_was_sending_is_unsure(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"))
    (leased,) = await take(clerk.store, limit=1)
    (card,) = await clerk.store.write(lambda tx: tx.take_surfaces(NINE, 10))

    count = await clerk.store.write(lambda tx: tx.recover(NINE + MINUTE))
    letters = await take(clerk.store, NINE + MINUTE)
    cards = await clerk.store.write(lambda tx: tx.take_surfaces(NINE + MINUTE, 10))

    assert count == 2
    assert [(letter.notice.key, letter.unsure) for letter in letters] == [("a", True), ("b", False)]
    assert [(c.key, c.id, c.unsure) for c in cards] == [(card.key, card.id, True)]
    assert leased.id == letters[0].id


async def test_a_start_after_a_clean_end_recovers_nothing(clerk):
    await clerk.open()

    assert await clerk.store.write(lambda tx: tx.recover(NINE)) == 0


# ---------------------------------------------------------------- whose turn it is


async def waiting(store, at=NINE, each=9, closed=()):
    found = await store.read(lambda q: q.waiting(at, Posts(each=each, closed=frozenset(closed)), {}))
    return [(one.lane, one.kind) for one in found]


async def test_the_next_of_each_lane_is_shown_by_urgency_and_age_and_none_of_a_closed_lane(clerk):
    here, there = await clerk.open(), await clerk.open(channel="C_OTHER")
    await enqueue(clerk.store, notice(here, "news"), notice(there, "other news"))
    await enqueue(clerk.store, notice(here, "reminder", urgency=REMINDER), at=NINE + MINUTE)
    await enqueue(clerk.store, notice(here, "to a person", place="person", to="U_BEN"))

    seen = await clerk.store.read(lambda q: q.waiting(NINE + MINUTE, Posts(each=1), {}))
    letters = await clerk.store.write(
        lambda tx: tx.take_letters(NINE + MINUTE, 9, [w.id for w in seen if w.urgency < 3])
    )

    assert keys(letters) == ["reminder", "other news", "to a person"]
    assert [one.lane for one in seen if one.kind == "letter"] == ["C_TEAM", "C_OTHER", "U_BEN"]
    assert sorted(one.lane for one in seen if one.kind == "surface") == ["C_OTHER", "C_TEAM"]
    assert {lane for lane, _ in await waiting(clerk.store, closed=["C_TEAM", "U_BEN"])} == {"C_OTHER"}


async def test_what_waits_is_counted_by_lane_and_urgency(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"), notice(case, "c", urgency=REMINDER))

    assert await clerk.store.read(lambda q: q.crowds()) == {
        ("C_TEAM", NEWS): 2,
        ("C_TEAM", REMINDER): 1,
        ("C_TEAM", 3): 1,
    }


async def test_a_letter_waits_for_no_thread_whose_first_message_is_parked(clerk):
    case = await clerk.open(thread=None)
    await enqueue(clerk.store, notice(case, "for the thread"))
    (opening,) = await take(clerk.store)
    assert await take(clerk.store) == []

    await clerk.store.write(lambda tx: tx.park_letter(opening.id, "is_archived", NINE))

    assert keys(await take(clerk.store)) == ["for the thread"]


async def test_a_letter_that_can_not_be_read_is_parked_and_holds_up_no_other(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"))
    await clerk.store.write(lambda tx: tx._run("UPDATE outbox SET document = '{}' WHERE key = 'a'"))

    assert keys(await take(clerk.store)) == ["b"]
    assert [one.what for one in await clerk.store.read(lambda q: q.parked())] == ["a"]


async def test_what_is_parked_is_tried_again_when_a_person_wants_it(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "a"), notice(case, "b"))
    for letter in await take(clerk.store):
        await clerk.store.write(lambda tx, id=letter.id: tx.park_letter(id, "no", NINE))
    first, _ = await clerk.store.read(lambda q: q.parked())

    assert await clerk.store.write(lambda tx: tx.retry("%", NINE)) == 0
    assert await clerk.store.write(lambda tx: tx.retry(first.id[:8], NINE)) == 1
    assert keys(await take(clerk.store)) == [first.what]
    assert await clerk.store.write(lambda tx: tx.retry_all(NINE)) == 1
    assert await clerk.store.read(lambda q: q.parked()) == []


async def test_when_something_is_due_later_is_known_apart_from_what_is_due(clerk):
    case = await clerk.open()
    await enqueue(clerk.store, notice(case, "now"))
    await enqueue(clerk.store, notice(case, "later"), at=NINE + MINUTE)

    assert await clerk.store.read(lambda q: q.next_delivery()) == NINE
    assert await clerk.store.read(lambda q: q.next_delivery(NINE)) == NINE + MINUTE
