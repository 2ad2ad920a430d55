"""Schema: the tables and views, made and changed by migrations alone, in order. docs/data.md describes them.

Instants are text of fixed width, `2026-07-04T12:00:00.000000Z`: exact, sorted as they are compared, read by people
and by SQLite's date functions alike. A `document` is the whole value as JSON; the columns beside it are for looking up.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database, Migrations

from storage.connection import PATIENCE, SQLITE_VERSION_INFO, Connection, connect
from storage.upkeep import backup

Step = Callable[[Database], None]
"""One migration; its name is kept in the database and never changes."""


class SchemaTooNew(Exception):
    """{path} has schema {found}, and this Jibungoto knows up to {known}: upgrade Jibungoto."""

    def __init__(self, path: str, found: int, known: int) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__((type(self).__doc__ or "").format(path=path, found=found, known=known))


class NotOurs(Exception):
    """{path} holds somebody else's tables: name a new file or a database of Jibungoto."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__((type(self).__doc__ or "").format(path=path))


# ---------------------------------------------------------------- the steps


def cases(db: Database) -> None:
    """A case as it stands, and what is looked up about it: its threads, claims, people and checkpoints."""
    _run(
        db,
        """CREATE TABLE numbers (
               name TEXT PRIMARY KEY,
               last INTEGER NOT NULL
           ) STRICT""",
        "INSERT INTO numbers (name, last) VALUES ('case', 0)",
        """CREATE TABLE cases (
               number INTEGER PRIMARY KEY,
               team TEXT NOT NULL,
               channel TEXT NOT NULL,
               thread TEXT,
               status TEXT NOT NULL CHECK (status IN ('open', 'resolved', 'closed')),
               severity TEXT NOT NULL,
               title TEXT NOT NULL,
               customer TEXT NOT NULL,
               reference TEXT NOT NULL,
               reference_folded TEXT NOT NULL,
               owner TEXT,
               opened_at TEXT NOT NULL,
               next_due TEXT,
               changed_at TEXT NOT NULL,
               document TEXT NOT NULL CHECK (json_valid(document))
           ) STRICT""",
        """CREATE INDEX cases_unclosed ON cases (channel, next_due, number) WHERE status <> 'closed'""",
        """CREATE INDEX cases_by_reference ON cases (channel, reference_folded, number)
               WHERE status <> 'closed' AND reference_folded <> ''""",
        """CREATE TABLE threads (
               channel TEXT NOT NULL,
               thread TEXT NOT NULL,
               case_number INTEGER NOT NULL REFERENCES cases (number),
               PRIMARY KEY (channel, thread, case_number)
           ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE claims (
               case_number INTEGER NOT NULL REFERENCES cases (number),
               area TEXT NOT NULL,
               holder TEXT NOT NULL,
               PRIMARY KEY (case_number, area)
           ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE people (
               person TEXT NOT NULL,
               case_number INTEGER NOT NULL REFERENCES cases (number),
               role TEXT NOT NULL CHECK (role IN ('owner', 'holder', 'joined')),
               PRIMARY KEY (person, case_number, role)
           ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX people_by_case ON people (case_number)",
        """CREATE TABLE checkpoints (
               case_number INTEGER NOT NULL REFERENCES cases (number),
               key TEXT NOT NULL,
               clock TEXT NOT NULL,
               rung TEXT NOT NULL,
               clock_due TEXT NOT NULL,
               due_at TEXT NOT NULL,
               PRIMARY KEY (case_number, key)
           ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX checkpoints_by_time ON checkpoints (due_at, case_number)",
    )


def facts(db: Database) -> None:
    """What happened, for good, and which inbound act did it."""
    # The facts of an opening are written before its case is, so their foreign key waits for the COMMIT. Deliveries,
    # outbox and surfaces have none: SQLite would read each of them whole when a case comes later than its facts.
    _run(
        db,
        """CREATE TABLE facts (
               case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
               seq INTEGER NOT NULL,
               kind TEXT NOT NULL,
               "by" TEXT NOT NULL,
               at TEXT NOT NULL,
               delivery TEXT NOT NULL,
               document TEXT NOT NULL CHECK (json_valid(document)),
               PRIMARY KEY (case_number, seq)
           ) STRICT""",
        """CREATE TRIGGER facts_are_never_edited BEFORE UPDATE ON facts
               BEGIN SELECT RAISE(ABORT, 'facts are appended and never edited'); END""",
        """CREATE TRIGGER facts_are_never_removed BEFORE DELETE ON facts
               BEGIN SELECT RAISE(ABORT, 'facts are appended and never removed'); END""",
        """CREATE TABLE deliveries (
               id TEXT PRIMARY KEY,
               case_number INTEGER NOT NULL,
               first_seq INTEGER NOT NULL,
               last_seq INTEGER NOT NULL,
               at TEXT NOT NULL
           ) STRICT, WITHOUT ROWID""",
    )


def saying(db: Database) -> None:
    """What must be said once (outbox), and the messages that mirror a state (surfaces)."""
    _run(
        db,
        """CREATE TABLE outbox (
               seq INTEGER PRIMARY KEY,
               id TEXT NOT NULL UNIQUE,
               key TEXT NOT NULL UNIQUE,
               case_number INTEGER NOT NULL,
               place TEXT NOT NULL CHECK (place IN ('person', 'thread', 'broadcast', 'channel')),
               person TEXT,
               urgency INTEGER NOT NULL,
               state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'parked')),
               unsure INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1)),
               attempts INTEGER NOT NULL DEFAULT 0,
               not_before TEXT NOT NULL,
               created_at TEXT NOT NULL,
               channel TEXT,
               ts TEXT,
               reason TEXT NOT NULL DEFAULT '',
               settled_at TEXT,
               document TEXT NOT NULL CHECK (json_valid(document))
           ) STRICT""",
        "CREATE INDEX outbox_by_urgency ON outbox (urgency, created_at) WHERE state = 'pending'",
        "CREATE INDEX outbox_by_time ON outbox (not_before) WHERE state = 'pending'",
        "CREATE INDEX outbox_unsaid ON outbox (created_at) WHERE state IN ('pending', 'sending')",
        "CREATE INDEX outbox_parked ON outbox (settled_at) WHERE state = 'parked'",
        """CREATE TABLE surfaces (
               key TEXT PRIMARY KEY,
               kind TEXT NOT NULL CHECK (kind IN ('card', 'home')),
               case_number INTEGER,
               person TEXT,
               id TEXT NOT NULL UNIQUE,
               channel TEXT,
               ts TEXT,
               wanted INTEGER NOT NULL DEFAULT 1,
               shown INTEGER NOT NULL DEFAULT 0,
               state TEXT NOT NULL DEFAULT 'idle' CHECK (state IN ('idle', 'sending', 'parked')),
               unsure INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1)),
               attempts INTEGER NOT NULL DEFAULT 0,
               calm_seconds REAL NOT NULL DEFAULT 0,
               not_before TEXT NOT NULL,
               touched_at TEXT NOT NULL,
               shown_at TEXT,
               parked_at TEXT,
               reason TEXT NOT NULL DEFAULT ''
           ) STRICT""",
        "CREATE INDEX surfaces_by_time ON surfaces (not_before) WHERE state = 'idle' AND wanted > shown",
        "CREATE INDEX surfaces_held ON surfaces (state) WHERE state <> 'idle'",
    )


def views(db: Database) -> None:
    """What people read: the open cases, the promises that stand, the timeline, and what the outbox is doing."""
    _run(
        db,
        """CREATE VIEW open_cases AS
               SELECT 'SEV-' || number AS name, severity, status, title, customer, owner, next_due,
                      json_array_length(document, '$.people') AS others_present,
                      (SELECT group_concat(area || '=' || holder, ' ')
                          FROM claims WHERE case_number = number) AS claims,
                      opened_at, changed_at, channel, thread, reference, number
               FROM cases WHERE status <> 'closed'
               ORDER BY next_due IS NULL, next_due, number""",
        """CREATE VIEW promises AS
               SELECT 'SEV-' || number AS name, customer, owner, next_due,
                      json_extract(document, '$.promise.due') AS promised_for,
                      json_extract(document, '$.promise.action') AS "action",
                      json_extract(document, '$.promise.by') AS promised_by,
                      json_extract(document, '$.promise.made_at') AS promised_at,
                      json_extract(document, '$.tally.kept') AS kept,
                      json_extract(document, '$.tally.late') AS late,
                      json_extract(document, '$.tally.missed') AS missed,
                      json_extract(document, '$.tally.renegotiated') AS renegotiated,
                      status, number
               FROM cases
               ORDER BY next_due IS NULL, next_due, number""",
        """CREATE VIEW timeline AS
               SELECT 'SEV-' || case_number AS name, seq, at, "by", kind,
                      json_extract(document, '$.area') AS area,
                      coalesce(json_extract(document, '$.said'), json_extract(document, '$.evidence'),
                               json_extract(document, '$.action'), json_extract(document, '$.text'),
                               json_extract(document, '$.note'), json_extract(document, '$.asking'),
                               json_extract(document, '$.checkpoint'), json_extract(document, '$.reason'),
                               json_extract(document, '$.opening.title'), '') AS words,
                      case_number
               FROM facts
               ORDER BY case_number, seq""",
        """CREATE VIEW outbox_state AS
               SELECT state, place, count(*) AS letters, min(created_at) AS oldest, max(attempts) AS most_attempts,
                      sum(unsure) AS unsure, max(reason) AS a_reason
               FROM outbox GROUP BY state, place""",
    )


def signs(db: Database) -> None:
    """Signs of life: one row a name, overwritten, so that readiness is shown by a write and not by hope."""
    _run(db, "CREATE TABLE signs (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID")


def nets(db: Database) -> None:
    """What lies at Slack for the case that the bot is silent, and which cases' nets have to be looked at."""
    _run(
        db,
        """CREATE TABLE nets (
               seq INTEGER PRIMARY KEY,
               key TEXT NOT NULL,
               case_number INTEGER NOT NULL,
               person TEXT,
               place TEXT NOT NULL,
               thread TEXT,
               post_at TEXT NOT NULL,
               channel TEXT,
               scheduled TEXT,
               spoke INTEGER NOT NULL DEFAULT 0 CHECK (spoke IN (0, 1))
           ) STRICT""",
        "CREATE INDEX nets_by_case ON nets (case_number)",
        "CREATE INDEX nets_by_time ON nets (post_at) WHERE spoke = 0",
        """CREATE TABLE net_looks (
               case_number INTEGER PRIMARY KEY,
               look_at TEXT NOT NULL,
               wish INTEGER NOT NULL DEFAULT 1
           ) STRICT""",
        "CREATE INDEX net_looks_by_time ON net_looks (look_at, case_number)",
        "CREATE INDEX outbox_unsaid_by_case ON outbox (case_number) WHERE state IN ('pending', 'sending')",
    )


def audit(db: Database) -> None:
    """What the auditor found, and how what was said and what came is found again by its time."""
    _run(
        db,
        """CREATE TABLE misses (
               key TEXT PRIMARY KEY,
               case_number INTEGER NOT NULL,
               kind TEXT NOT NULL CHECK (kind IN ('unreached', 'unplanned', 'unwritten', 'unsaid')),
               what TEXT NOT NULL,
               planned TEXT NOT NULL,
               found_at TEXT NOT NULL,
               repaired_at TEXT,
               told_at TEXT
           ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX misses_by_time ON misses (found_at)",
        "CREATE INDEX facts_reminders ON facts (at) WHERE kind = 'reminder_came'",
        "CREATE INDEX outbox_by_case ON outbox (case_number)",
        "CREATE INDEX outbox_said ON outbox (settled_at) WHERE state = 'sent' AND urgency = 0",
    )


def clocks(db: Database) -> None:
    """A view of every clock, and a timeline that also shows what the facts about clocks say."""
    at = "strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(clock.value, '$.{field}')) AS {field}"
    _run(
        db,
        f"""CREATE VIEW clocks AS
               SELECT 'SEV-' || number AS name,
                      json_extract(clock.value, '$.name') AS clock,
                      json_extract(clock.value, '$.serial') AS serial,
                      json_extract(clock.value, '$.cycle') AS cycle,
                      {at.format(field="start")},
                      {at.format(field="due")},
                      {at.format(field="ended")},
                      json_extract(clock.value, '$.ended_by') AS ended_by,
                      json_extract(clock.value, '$.ended') IS NULL
                          AND json_extract(clock.value, '$.left') IS NOT NULL AS paused,
                      json_extract(clock.value, '$.by_change') AS by_change,
                      status, severity, customer, owner, number
               FROM cases, json_each(cases.document, '$.ledger') AS clock
               ORDER BY number, json_extract(clock.value, '$.start'), clock.key""",
        "DROP VIEW timeline",
        """CREATE VIEW timeline AS
               SELECT 'SEV-' || case_number AS name, seq, at, "by", kind,
                      json_extract(document, '$.area') AS area,
                      coalesce(json_extract(document, '$.said'), json_extract(document, '$.evidence'),
                               json_extract(document, '$.action'), json_extract(document, '$.text'),
                               json_extract(document, '$.note'), json_extract(document, '$.asking'),
                               json_extract(document, '$.checkpoint'), json_extract(document, '$.reason'),
                               json_extract(document, '$.name'),
                               json_extract(document, '$.opening.title'), '') AS words,
                      case_number
               FROM facts
               ORDER BY case_number, seq""",
    )


def heard(db: Database) -> None:
    """Up to where each channel was heard, so that what was posted meanwhile is read at the next connection."""
    _run(
        db,
        """CREATE TABLE heard (
               channel TEXT PRIMARY KEY,
               ts TEXT NOT NULL,
               at TEXT NOT NULL
           ) STRICT, WITHOUT ROWID""",
    )


def lanes(db: Database) -> None:
    """The lane a letter or surface waits in, so that the next of each lane is found without reading them all.

    A lane is a person or channel that takes one post a second, or for what is edited the method that does it.
    """
    place = "(SELECT channel FROM cases WHERE number = case_number)"
    _run(
        db,
        "ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE outbox ADD COLUMN looked INTEGER NOT NULL DEFAULT 0",
        f"UPDATE outbox SET lane = coalesce(person, {place}, '')",
        "CREATE INDEX outbox_by_lane ON outbox (lane, urgency, created_at, seq) WHERE state = 'pending'",
        "CREATE INDEX outbox_parked_of_case ON outbox (case_number, urgency) WHERE state = 'parked'",
        "ALTER TABLE surfaces ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE surfaces ADD COLUMN looked INTEGER NOT NULL DEFAULT 0",
        f"UPDATE surfaces SET place = coalesce({place}, '')",
        """ALTER TABLE surfaces ADD COLUMN lane TEXT GENERATED ALWAYS AS (
               CASE WHEN kind = 'home' THEN 'views.publish' WHEN ts IS NOT NULL THEN 'chat.update' ELSE place END
           ) VIRTUAL""",
        "CREATE INDEX surfaces_by_lane ON surfaces (lane, not_before) WHERE state = 'idle' AND wanted > shown",
    )


def erasures(db: Database) -> None:
    """What was erased by law, and the one way in which a fact may go: on record, in the same transaction."""
    _run(
        db,
        """CREATE TABLE erasures (
               seq INTEGER PRIMARY KEY,
               kind TEXT NOT NULL CHECK (kind IN ('case', 'person')),
               case_number INTEGER,
               pseudonym TEXT,
               at TEXT NOT NULL,
               reason TEXT NOT NULL,
               CHECK ((kind = 'case') = (case_number IS NOT NULL) AND (kind = 'person') = (pseudonym IS NOT NULL))
           ) STRICT""",
        "CREATE UNIQUE INDEX erasures_of_cases ON erasures (case_number) WHERE kind = 'case'",
        "CREATE TABLE rewriting (pseudonym TEXT NOT NULL) STRICT",
        "DROP TRIGGER facts_are_never_edited",
        """CREATE TRIGGER facts_are_never_edited BEFORE UPDATE ON facts
               WHEN NOT EXISTS (SELECT 1 FROM rewriting)
               BEGIN SELECT RAISE(ABORT, 'facts are appended and never edited'); END""",
        "DROP TRIGGER facts_are_never_removed",
        """CREATE TRIGGER facts_are_never_removed BEFORE DELETE ON facts
               WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE kind = 'case' AND case_number = OLD.case_number)
               BEGIN SELECT RAISE(ABORT, 'facts are appended and never removed'); END""",
        """CREATE INDEX cases_by_end ON cases (json_extract(document, '$.closed_at'), number)
               WHERE status = 'closed'""",
        "CREATE INDEX cases_counted ON cases (status) WHERE status <> 'closed'",
        # A case and what hangs on it can be removed without reading these tables whole.
        "CREATE INDEX threads_by_case ON threads (case_number)",
        "CREATE INDEX deliveries_by_case ON deliveries (case_number)",
        "CREATE INDEX surfaces_by_case ON surfaces (case_number)",
    )


def letter_names(db: Database) -> None:
    """A secret from which each letter's id is made: the same letter, written again after a restore, has the same id."""
    _run(
        db,
        "CREATE TABLE letter_names (salt TEXT NOT NULL) STRICT",
        "INSERT INTO letter_names (salt) VALUES (lower(hex(randomblob(16))))",
    )


def lists(db: Database) -> None:
    """The beginning of a long list and its length are read from the index alone, so it has to hold the status too."""
    _run(
        db,
        "DROP INDEX cases_unclosed",
        """CREATE INDEX cases_unclosed ON cases (channel, next_due, number, status) WHERE status <> 'closed'""",
    )


def shifts(db: Database) -> None:
    """What those on duty are told about their shift, once."""
    _run(
        db,
        """CREATE TABLE shift_letters (
               seq INTEGER PRIMARY KEY,
               id TEXT NOT NULL UNIQUE,
               key TEXT NOT NULL UNIQUE,
               kind TEXT NOT NULL CHECK (kind IN ('digest', 'relief')),
               person TEXT NOT NULL,
               since TEXT NOT NULL,
               until TEXT NOT NULL,
               planned TEXT NOT NULL,
               state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'said', 'nothing', 'parked')),
               unsure INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1)),
               looked INTEGER NOT NULL DEFAULT 0,
               attempts INTEGER NOT NULL DEFAULT 0,
               not_before TEXT NOT NULL,
               created_at TEXT NOT NULL,
               channel TEXT,
               ts TEXT,
               reason TEXT NOT NULL DEFAULT '',
               settled_at TEXT
           ) STRICT""",
        "CREATE INDEX shift_letters_of_person ON shift_letters (person, kind, planned)",
        "CREATE INDEX shift_letters_unsaid ON shift_letters (not_before) WHERE state IN ('pending', 'sending')",
    )


def cards(db: Database) -> None:
    """A card is found by its place: somebody reacted to it."""
    _run(db, "CREATE INDEX surfaces_by_place ON surfaces (channel, ts) WHERE kind = 'card'")


def likenesses(db: Database) -> None:
    """What past cases are known by, so that one like them finds them. Grams are made by bot/domain/likeness.py."""
    # The index and the counts follow the one table by triggers, so that whatever removes a row of it (erasing finds it
    # by its column) removes what was known of the case. `table.transform()` would drop the triggers.
    into = """INSERT INTO likeness (rowid, grams) VALUES (NEW.case_number, NEW.grams);
              INSERT INTO likeness_counts (gram, cases) SELECT value, 1 FROM json_each(NEW.grams) WHERE true
                  ON CONFLICT (gram) DO UPDATE SET cases = cases + 1;
              INSERT INTO likeness_counts (gram, cases) VALUES ('', 1)
                  ON CONFLICT (gram) DO UPDATE SET cases = cases + 1;"""
    out_of = """INSERT INTO likeness (likeness, rowid, grams) VALUES ('delete', OLD.case_number, OLD.grams);
                UPDATE likeness_counts SET cases = cases - 1 WHERE gram = '';
                UPDATE likeness_counts SET cases = cases - 1 WHERE gram IN (SELECT value FROM json_each(OLD.grams));
                DELETE FROM likeness_counts
                    WHERE cases = 0 AND gram IN (SELECT value FROM json_each(OLD.grams));"""
    _run(
        db,
        """CREATE TABLE likenesses (
               case_number INTEGER PRIMARY KEY REFERENCES cases (number),
               grams TEXT NOT NULL CHECK (json_valid(grams))
           ) STRICT""",
        "CREATE TABLE likeness_counts (gram TEXT PRIMARY KEY, cases INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        # The ASCII tokenizer takes every other character as a letter, so a gram is one token for any SQLite.
        """CREATE VIRTUAL TABLE likeness USING fts5 (
               grams, content='likenesses', content_rowid='case_number', detail=none, columnsize=0, tokenize='ascii'
           )""",
        f"CREATE TRIGGER likenesses_come AFTER INSERT ON likenesses BEGIN {into} END",
        f"CREATE TRIGGER likenesses_go AFTER DELETE ON likenesses BEGIN {out_of} END",
        f"CREATE TRIGGER likenesses_change AFTER UPDATE ON likenesses BEGIN {out_of} {into} END",
        "INSERT INTO numbers (name, last) SELECT 'unlikened', coalesce(max(number), 0) FROM cases",
    )
    if SQLITE_VERSION_INFO >= (3, 42):
        # What is removed is overwritten: https://sqlite.org/fts5.html#the_secure_delete_configuration_option
        _run(db, "INSERT INTO likeness (likeness, rank) VALUES ('secure-delete', 1)")


def unsaid_shifts(db: Database) -> None:
    """What could not be said about a shift is listed with everything else that waits for a person."""
    _run(db, "CREATE INDEX shift_letters_parked ON shift_letters (settled_at) WHERE state = 'parked'")


def incidents(db: Database) -> None:
    """Open cases are found by when they were opened: a new one is compared with those of the last half hour."""
    _run(db, "CREATE INDEX cases_opened ON cases (opened_at, channel, number) WHERE status = 'open'")


def loads(db: Database) -> None:
    """What a person did lately is found by who and when, and who works in a channel by what changed there lately."""
    _run(
        db,
        """CREATE INDEX facts_of_people ON facts ("by", at) WHERE "by" <> ''""",
        "CREATE INDEX cases_by_change ON cases (channel, changed_at, number)",
    )


STEPS: tuple[Step, ...] = (
    cases, facts, saying, views, signs, nets, audit, heard, lanes, erasures, letter_names, clocks, lists, shifts,
    cards,
    likenesses, unsaid_shifts, incidents, loads,
)  # fmt: skip
"""Every migration there ever was, oldest first. Released ones are never changed: the next one is added at the end."""


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


# ---------------------------------------------------------------- bringing a file up to date


def prepare(path: str, steps: tuple[Step, ...] = STEPS, *, patience: float = PATIENCE) -> Path | None:
    """Make or bring up to date the database at `path`. Returns the copy made before migrating an older one.

    Raises SchemaTooNew, having changed nothing, and NotOurs for a database of something else.
    """
    with closing(connect(path, create=True, patience=patience)) as connection:
        # Two processes may start at once: the second waits here and finds the work done.
        connection.execute("BEGIN IMMEDIATE")
        try:
            # The copy is made by a second connection, which sees what is committed while this one keeps writers out.
            copy = _bring_up_to_date(path, connection, steps)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
        connection.execute("PRAGMA journal_mode = WAL")
    return copy


def _bring_up_to_date(path: str, connection: Connection, steps: tuple[Step, ...]) -> Path | None:
    database, migrations = Database(connection), _migrations(steps)
    applied = applied_to(database)
    if applied - {step.__name__ for step in steps}:
        raise SchemaTooNew(path, len(applied), len(steps))
    if not applied and any(not name.startswith("_") for name in database.table_names()):
        raise NotOurs(path)
    if len(applied) == len(steps):
        return None
    copy = Path(f"{path}.before-{len(steps)}") if applied else None
    if copy is not None:
        backup(path, str(copy))
    migrations.apply(database)
    return copy


def applied_to(database: Database) -> set[str]:
    """The migrations that a database has seen; none where it is somebody else's."""
    return {migration.name for migration in _migrations(STEPS).applied(database)}


def _migrations(steps: tuple[Step, ...]) -> Migrations:
    migrations = Migrations("jibungoto")
    for step in steps:
        migrations(name=step.__name__)(step)
    return migrations
