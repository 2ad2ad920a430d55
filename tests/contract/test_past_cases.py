"""Past cases: the one that says the same is found among many, and soon."""

from statistics import median

from tests.memories import remember, seconds_of_search


async def test_one_of_many_is_found_by_a_part_of_its_words(clerk, path):
    case = await clerk.open()
    known = remember(path, case, 500)
    wanted = known[200][:30]

    found = await clerk.store.read(lambda q: q.alike(wanted, 3))

    assert found[0].case.number == case.number  # every row holds the same document; its number is the first case's
    assert found[0].share == 1


async def test_among_a_thousand_it_takes_no_time(clerk, path):
    remember(path, await clerk.open(), 1_000)

    assert median(seconds_of_search(path, 9)) < 0.05
