"""Archive: a case, or what is known of a person, as a JSON file that is complete by itself and read without us."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.case import Case, replay
from bot.domain.messages import FACT
from bot.domain.values import CaseNumber, UserId, name_of
from bot.ports import ShiftLetterPast, Told

CASE, PERSON = "jibungoto/case/1", "jibungoto/person/1"
"""What the file is, and the version of its form."""


class NotWhole(Exception):
    """The facts do not lead to the case: nothing may be erased on the strength of this file."""


def archived_case(case: Case, told: Sequence[Told], at: datetime) -> dict[str, Any]:
    """The case as it ended and every fact, oldest first."""
    return {
        "format": CASE,
        "exported_at": at.isoformat(),
        "name": name_of(case.number),
        "case": case.model_dump(mode="json"),
        "facts": [{"seq": one.seq, **one.fact.model_dump(mode="json")} for one in told],
    }


def read_archive(document: dict[str, Any]) -> Case:
    """The case that an archive's facts lead to. Raises NotWhole where that is not the case beside them."""
    facts = tuple(FACT.validate_python({k: v for k, v in fact.items() if k != "seq"}) for fact in document["facts"])
    case = replay(facts)
    if case != Case.model_validate(document["case"]):
        raise NotWhole(f"{document['name']}: {NotWhole.__doc__}")
    return case


def archived_person(
    person: UserId,
    cases: Sequence[tuple[Case, Sequence[Told]]],
    shift_letters: Sequence[ShiftLetterPast],
    at: datetime,
) -> dict[str, Any]:
    """Every fact that a person made or that names them, by case, with what they are in it; and when they were told
    about a shift of theirs.
    """
    return {
        "format": PERSON,
        "exported_at": at.isoformat(),
        "person": person,
        "cases": [_part_of(person, case, told) for case, told in cases],
        "shift_letters": [
            {
                **one.letter.model_dump(mode="json", exclude={"person"}),
                **one.model_dump(mode="json", exclude={"letter"}),
            }
            for one in shift_letters
        ],
    }


def _part_of(person: UserId, case: Case, told: Sequence[Told]) -> dict[str, Any]:
    facts = [{"seq": one.seq, **one.fact.model_dump(mode="json")} for one in told]
    return {
        "name": name_of(case.number),
        "status": case.status,
        "owner": case.owner == person,
        "areas": [area.key for area in case.areas if area.has(person)],
        "facts": [fact for fact in facts if person in json.dumps(fact)],
    }


def write_archive(path: Path, document: dict[str, Any]) -> Path:
    """Write it for its owner alone: wholly and on disk, or not at all. Raises OSError."""
    return write_private(path, f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode())


def write_private(path: Path, content: bytes) -> Path:
    """A file for its owner alone: wholly and on disk, or not at all. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    return path


def case_file(folder: Path, number: CaseNumber) -> Path:
    return folder / f"{name_of(number)}.json"
