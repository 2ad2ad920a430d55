"""Memory: what bot.memory promises, over the database: grams in an index of FTS5, and how often each gram stands."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from bot.domain.case import Case
from bot.domain.likeness import MOST_LISTED, asked, grams_of, is_past, ranked, weights
from bot.domain.messages import CaseResolved
from bot.domain.values import CaseNumber
from bot.memory import Past
from storage import memory_statements as sql
from storage.connection import Connection
from storage.rows import case_of, fact_of

MOST_LOOKED = 6_000
"""Ours: entries of the index that one question reads."""
MOST_WEIGHED = 60
"""Ours: cases whose every gram is compared."""


class MemoryQueries:
    """Questions, as bot.memory.MemoryQueries promises them."""

    _connection: Connection

    def case(self, number: CaseNumber) -> Case | None:
        raise NotImplementedError

    def alike(self, wanted: Sequence[str], most: int, *, apart: CaseNumber | None = None) -> list[Past]:
        counts = self.gram_counts(wanted)
        weight = weights(wanted, counts, counts.get("", 0))
        found = self._with_grams(self._near(weight, asked(wanted, counts)))
        alike = ranked(weight, found, most, apart=apart)
        return [past for one in alike if (past := self._past(one.number, one.share)) is not None]

    def gram_counts(self, wanted: Collection[str]) -> dict[str, int]:
        return dict(self._rows(sql.COUNTS, json.dumps(["", *wanted], ensure_ascii=False)))

    def _near(self, weight: dict[str, float], looked_up: list[str]) -> list[CaseNumber]:
        """The cases that share most of the grams that say most."""
        score: Counter[CaseNumber] = Counter()
        left = MOST_LOOKED
        for gram in looked_up:
            if left <= 0:
                break
            found = self._rows(sql.WITH_GRAM, f'"{gram}"', min(left, MOST_LISTED))
            left -= len(found)
            for (number,) in found:
                score[number] += weight[gram]  # type: ignore[assignment]  # a Counter counts whatever adds up
        return [number for number, _ in score.most_common(MOST_WEIGHED)]

    def _with_grams(self, numbers: list[CaseNumber]) -> dict[CaseNumber, list[str]]:
        return {
            CaseNumber(number): json.loads(grams)
            for number, grams in self._rows(sql.GRAMS_OF_THESE, json.dumps(numbers))
        }

    def _past(self, number: CaseNumber, share: float) -> Past | None:
        case = self.case(number)
        if case is None:
            return None
        told = self._rows(sql.LAST_RESOLVED, number)
        resolved = fact_of(told[0][0]) if told else None
        return Past(case=case, share=share, how=resolved.how if isinstance(resolved, CaseResolved) else "")

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()


class MemoryChanges:
    """Changes, as bot.memory.MemoryChanges promises them."""

    _connection: Connection

    def liken(self, limit: int) -> bool:
        ((upto,),) = self._connection.execute(sql.UNLIKENED).fetchall()
        if not upto:
            return False
        found = self._connection.execute(sql.NEXT_UNLIKENED, (upto, limit)).fetchall()
        for _, document in found:
            with suppress(ValueError):  # one that can't be read is found by nobody, and holds up no other
                self.keep_likeness(case_of(document))
        self._connection.execute(sql.LIKENED, (found[-1][0] - 1 if found else 0,))
        return len(found) == limit

    def keep_likeness(self, case: Case) -> None:
        """A case that is over is found by its words as they stand now; an open one by none."""
        kept = self._connection.execute(sql.GRAMS_OF, (case.number,)).fetchone()
        wanted = json.dumps(grams_of(case), ensure_ascii=False) if is_past(case) else None
        if kept is not None and kept[0] != wanted:
            self._connection.execute(sql.DROP_GRAMS, (case.number,))
        if wanted is not None and (kept is None or kept[0] != wanted):
            self._connection.execute(sql.KEEP_GRAMS, (case.number, wanted))
