"""Memories: a database with many past cases in Japanese and English, whose words are as frequent as words are."""

import json
import random
from contextlib import closing
from itertools import accumulate
from time import perf_counter

from bot.domain.case import Case
from bot.domain.likeness import grams
from storage.connection import connect
from storage.rows import case_row
from storage.statements import SAVE_CASE
from storage.transaction import SqliteQueries

_DICE = random.Random(47)
_KANJI = [chr(0x4E00 + place) for place in range(900)]
_JAPANESE = ["".join(_DICE.choices(_KANJI, k=_DICE.choice((2, 2, 2, 3, 4)))) for _ in range(4_000)]
_ENGLISH = ["".join(_DICE.choices("abcdefghijklmnopqrstuvwxyz", k=_DICE.randint(3, 9))) for _ in range(4_000)]
_FREQUENCY = list(accumulate(1 / (place + 5) for place in range(4_000)))


def somebody_wrote(words: int = 45) -> str:
    vocabulary, between = (_JAPANESE, "の") if _DICE.random() < 0.6 else (_ENGLISH, " ")
    return between.join(_DICE.choices(vocabulary, cum_weights=_FREQUENCY, k=words))


def remember(path: str, like: Case, count: int) -> list[tuple[str, ...]]:
    """Put so many closed cases into the file, each with words of its own. Returns what each is known by."""
    row, known = case_row(like.model_copy(update={"status": "closed"})), []
    with closing(connect(path)) as database:
        database.execute("BEGIN")
        for number in range(like.number + 1, like.number + 1 + count):
            known.append(grams(somebody_wrote()))
            database.execute(SAVE_CASE, row | {"number": number})
            database.execute(
                "INSERT INTO likenesses VALUES (?, ?)", (number, json.dumps(known[-1], ensure_ascii=False))
            )
        database.execute("COMMIT")
    return known


def seconds_of_search(path: str, times: int) -> list[float]:
    """How long it takes to find what is like a case, each time another one."""
    taken = []
    with closing(connect(path, read_only=True)) as database:
        asks = SqliteQueries(database)
        for _ in range(times):
            wanted = grams(somebody_wrote())
            began = perf_counter()
            asks.alike(wanted, 30)
            taken.append(perf_counter() - began)
    return taken
