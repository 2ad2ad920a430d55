"""Records: a case is given out and erased, a person is given out and forgotten, and nothing of it is left behind."""

import asyncio
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.archive import read_archive
from bot.domain.case import replay
from bot.domain.errors import CaseErased
from bot.domain.shift_letter import ShiftLetter
from bot.domain.values import CaseNumber, UserId
from bot.ports import StillInCases
from bot.records import StillOpen
from bot.settings import RetentionRules
from storage.connection import IntegrityError, connect
from tests.stage import HANA, KEN, MEI, ROOT, SEV_A, TEAM, YUKI, Stage, staged

WORDS = ("西日本リテール", "開店業務", "2411230010001234", "拒否ログ", "hunter2", "再起動手順")


async def a_whole_story(stage: Stage, number: int = 1) -> None:
    """Opened, isolated, promised, reminded, handed over and closed."""
    case = await stage.open_case()
    await stage.on_card(KEN, case, "claim", option="firewall")
    await stage.sev(KEN, f"suspect {number} firewall 拒否ログ 312 件 <@{HANA}>")
    await stage.mention(YUKI, case, f"連絡済 電話 <@{KEN}> が確認中 / 次回 9:40 hunter2")
    await stage.sev(MEI, f"note {number} <@{YUKI}> 再起動手順は @{YUKI} に聞く")
    await stage.at("9:45")
    await stage.sev(YUKI, f"handoff {number} @hana 9:50 に架電")
    await stage.sev(HANA, f"accept {number} <@{KEN}> と確認")
    await stage.sev(HANA, f"resolve {number} 規則を修正")
    await stage.sev(HANA, f"close {number} anyway 西日本リテール様了承")
    assert (await stage.case(number)).status == "closed"


def rows(path: Path, statement: str) -> list[tuple]:
    with closing(connect(str(path), read_only=True)) as database:
        return database.execute(statement).fetchall()


def left_in(folder: Path, *words: str) -> list[tuple[str, str]]:
    """Which of these words stand in which of the database's files, as bytes."""
    return [(file.name, word) for file in sorted(folder.glob("jibungoto.db*")) for word in words
            if word.encode() in file.read_bytes()]  # fmt: skip


def tables_naming(path: Path, number: int) -> set[str]:
    with closing(connect(str(path), read_only=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        by_case = [
            t for t in tables if "case_number" in {row[1] for row in database.execute(f"PRAGMA table_info({t})")}
        ]
        assert {"facts", "threads", "claims", "people", "checkpoints", "deliveries", "outbox", "surfaces"} <= set(
            by_case
        )
        found = {
            t for t in by_case if database.execute(f"SELECT 1 FROM {t} WHERE case_number = ?", (number,)).fetchone()
        }
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return found


class TestErasingACase:
    async def test_leaves_its_number_and_nothing_else(self, stage, tmp_path):
        await a_whole_story(stage)
        assert len({word for _, word in left_in(tmp_path, *WORDS)}) == len(WORDS), (
            "so that their absence says something"
        )
        await stage.bot.records.erase(CaseNumber(1), "on request")
        assert await stage.bot.records.scrub()

        assert left_in(tmp_path, *WORDS, KEN) == []
        assert tables_naming(tmp_path / "jibungoto.db", 1) == {"erasures"}
        assert rows(tmp_path / "jibungoto.db", "SELECT count(*) FROM cases") == [(0,)]

    async def test_of_many_the_others_stay_whole(self, stage, tmp_path):
        "Forty cases in one file, every second one erased: pages are shared, split and reused."
        for number in range(1, 41):
            mark = "erased" if number % 2 else "staying"
            await stage.sev(YUKI, f"open A {mark}-title-{number}")
            for _ in range(6):
                await stage.sev(KEN, f"note {number} {mark}-words-{number} " + "長い記録 " * 60)
            await stage.sev(YUKI, f"close {number} anyway {mark}-reason-{number}")
        before = {n: await stage.bot.desk.history(CaseNumber(n)) for n in range(2, 41, 2)}
        for number in range(1, 41, 2):
            await stage.bot.records.erase(CaseNumber(number), "on request")
        assert await stage.bot.records.scrub()

        assert left_in(tmp_path, "erased-title", "erased-words", "erased-reason") == []
        assert {n: await stage.bot.desk.history(CaseNumber(n)) for n in range(2, 41, 2)} == before

    async def test_its_number_is_known_as_erased_and_never_given_again(self, stage):
        await a_whole_story(stage)
        await stage.bot.records.erase(CaseNumber(1), "on request")

        assert "was erased" in await stage.sev("U06ALEX", "show 1")
        assert "消去" in await stage.sev(YUKI, "note 1 もう一つ")
        with pytest.raises(CaseErased):
            await stage.bot.desk.history(CaseNumber(1))
        assert (await stage.open_case("[SevA] 次の案件")).number == 2

    async def test_a_button_of_its_old_card_changes_nothing(self, stage):
        await a_whole_story(stage)
        case = await stage.case()
        await stage.bot.records.erase(CaseNumber(1), "on request")
        click = stage.slack.interactions.click_in_message(stage.ken.person, stage.card(case), {
            "type": "button", "action_id": "swarm", "block_id": "1/rest", "value": "1",
        })  # fmt: skip
        ack = await stage.slack.inbound.ask("interactive", click, answers=True)
        await stage.settle()

        assert ack.ok
        assert "消去" in stage.whispered(KEN)
        assert await stage.bot.desk.unclosed() == []

    async def test_an_open_case_stays(self, stage):
        await stage.open_case()
        with pytest.raises(StillOpen):
            await stage.bot.records.erase(CaseNumber(1), "on request")
        assert (await stage.case()).status == "open"

    async def test_a_fact_is_removed_in_no_other_way(self, stage, tmp_path):
        await a_whole_story(stage)
        for statement in ("DELETE FROM facts", "UPDATE facts SET document = '{}'"):
            with (
                closing(connect(str(tmp_path / "jibungoto.db"))) as database,
                pytest.raises(IntegrityError, match="never"),
            ):
                database.execute(statement)


class TestGivingOut:
    async def test_an_archive_leads_to_the_case_again(self, stage, tmp_path):
        await a_whole_story(stage)
        before = os.umask(0)
        try:
            path = await stage.bot.records.export(CaseNumber(1), tmp_path / "out" / "exports")
        finally:
            os.umask(before)

        document = json.loads(path.read_text())
        assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("SEV-1.json", 0o600)
        assert read_archive(document) == await stage.case()
        assert [fact["kind"] for fact in document["facts"]] == await stage.kinds()

    async def test_a_folder_that_can_not_be_written_erases_nothing(self, stage, tmp_path):
        await a_whole_story(stage)
        (tmp_path / "file").write_text("")
        with pytest.raises(OSError, match="file"):
            await stage.bot.records.erase(CaseNumber(1), "on request", folder=tmp_path / "file")
        assert (await stage.case()).status == "closed"

    async def test_what_is_known_of_a_person(self, stage, tmp_path):
        await a_whole_story(stage)
        await stage.open_case("[SevA] 別の案件", who=MEI)
        assert await stage.bot.records.about(KEN, tmp_path / "ken.json") == 1

        at_eight = datetime(2026, 11, 24, 8, tzinfo=UTC)
        shift = ShiftLetter(kind="digest", person=UserId(KEN), since=at_eight, until=at_eight + timedelta(hours=9))
        await stage.bot.store.write(lambda tx: tx.keep_shift_letter(shift, at_eight, empty=True))
        await stage.bot.records.about(KEN, tmp_path / "ken.json")

        known = json.loads((tmp_path / "ken.json").read_text())
        (part,), (told,) = known["cases"], known["shift_letters"]
        assert (told["kind"], told["since"], told["state"]) == ("digest", "2026-11-24T08:00:00Z", "nothing")
        assert part["areas"] == ["firewall"]
        assert [fact["kind"] for fact in part["facts"] if fact["by"] == KEN] == ["area_claimed", "finding_reported"]
        assert all(KEN in json.dumps(fact) for fact in part["facts"])


class TestKeepingForATime:
    async def test_a_year_after_its_closing_a_case_is_written_and_erased(self, stage, tmp_path):
        rules = RetentionRules(closed_after="365d", export_to=str(tmp_path / "exports"))
        await a_whole_story(stage)
        await stage.open_case("[SevA] まだ続いている案件")
        await stage.after(days=364)
        assert await stage.bot.records.keep(rules) == 0
        await stage.after(days=2)
        assert await stage.bot.records.keep(rules) == 1

        assert [path.name for path in (tmp_path / "exports").iterdir()] == ["SEV-1.json"]
        assert [case.number for case in await stage.bot.desk.unclosed()] == [2]
        assert left_in(tmp_path, *WORDS) == []
        assert await stage.bot.records.keep(rules) == 0

    async def test_without_the_setting_everything_stays(self, stage):
        await a_whole_story(stage)
        await stage.after(days=4000)
        assert await stage.bot.records.keep(RetentionRules()) == 0
        assert (await stage.case()).status == "closed"

    async def test_what_is_still_to_be_said_is_said_first(self, stage, tmp_path):
        await a_whole_story(stage)
        with closing(connect(str(tmp_path / "jibungoto.db"))) as database:
            database.execute(
                "UPDATE outbox SET state = 'pending', not_before = '9999-01-01T00:00:00.000000Z' WHERE seq = 1"
            )
        await stage.after(days=400)
        assert await stage.bot.records.keep(RetentionRules(closed_after="365d")) == 0

    async def test_more_than_one_look_takes(self, stage):
        for number in range(1, 46):
            await stage.sev(YUKI, f"open A 障害その{number}")
            await stage.sev(YUKI, f"close {number} anyway 重複")
        await stage.after(days=31)
        assert await stage.bot.records.keep(RetentionRules(closed_after="30d")) == 45

    async def test_serve_does_it_by_itself(self, tmp_path, slack):
        async with staged(tmp_path, slack=slack) as stage:
            await a_whole_story(stage)
        slack.clock.move(timedelta(days=31))
        toml = TEAM + '\n[retention]\nclosed_after = "30d"\n'
        async with staged(tmp_path, slack=slack, toml=toml, loops=True) as stage:
            for _ in range(3000):
                if not rows(tmp_path / "jibungoto.db", "SELECT 1 FROM cases"):
                    break
                await asyncio.sleep(0.01)
        assert rows(tmp_path / "jibungoto.db", "SELECT case_number, reason FROM erasures") == [(1, "retention")]


class TestForgettingAPerson:
    async def test_they_are_nowhere_and_the_story_is_the_same(self, stage, tmp_path):
        await a_whole_story(stage)
        told, before = await stage.facts(), await stage.case()
        forgotten = await stage.bot.records.forget(KEN)
        assert await stage.bot.records.scrub()

        assert (forgotten.pseudonym, forgotten.cases) == ("former-member-1", (1,))
        assert left_in(tmp_path, KEN) == []
        after, facts = await stage.case(), await stage.facts()
        assert replay(tuple(facts)) == after
        assert [fact.kind for fact in facts] == [*(fact.kind for fact in told), "person_forgotten"]
        assert [(f.at, f.by) for f in facts[:-1]] == [(f.at, "former-member-1" if f.by == KEN else f.by) for f in told]
        assert after.owner == before.owner
        assert "former-member-1" in after.people
        said = next(fact.said for fact in facts if fact.kind == "contact_made")
        assert said == "former member 1 が確認中"

    async def test_the_timeline_says_so_in_both_languages(self, stage):
        await a_whole_story(stage)
        await stage.bot.records.forget(KEN)
        assert "A person asked to be forgotten, and is called former member 1 here" in await stage.sev(
            "U06ALEX", "timeline 1"
        )
        japanese = await stage.sev(YUKI, "timeline 1")
        assert "本人の求めにより" in japanese
        assert f"<@{KEN}>" not in japanese

    async def test_typed_names_too_where_they_are_given(self, stage, tmp_path):
        case = await stage.open_case()
        await stage.mention(MEI, case, '連絡済 電話 田中 "健" さんに確認 / 次回 9:40 田中さんが架電')
        await stage.sev(YUKI, "note 1 田中に頼む")
        await stage.bot.records.forget(KEN, ('田中 "健"', "田中"))
        await stage.bot.records.scrub()
        assert left_in(tmp_path, "田中") == []
        assert replay(tuple(await stage.facts())) == await stage.case()

    async def test_a_name_that_is_a_word_of_ours_breaks_nothing(self, stage):
        "`phone` is how somebody called, `kind` a key, and `ken` a part of `token`: only what was typed is touched."
        case = await stage.open_case()
        await stage.mention(MEI, case, "連絡済 電話 phone kind token ken / 次回 9:40 open")
        await stage.bot.records.forget(KEN, ("phone", "kind", "open", "ken", "network"))
        made = next(fact for fact in await stage.facts() if fact.kind == "contact_made")
        assert (made.how, made.said) == ("phone", "former member 1 former member 1 token former member 1")
        assert replay(tuple(await stage.facts())) == await stage.case()

    async def test_two_people_get_two_names(self, stage):
        await a_whole_story(stage)
        first, second = await stage.bot.records.forget(KEN), await stage.bot.records.forget(MEI)
        assert (first.pseudonym, second.pseudonym) == ("former-member-1", "former-member-2")
        assert replay(tuple(await stage.facts())) == await stage.case()

    async def test_an_id_that_begins_another_is_not_touched(self, stage, tmp_path):
        await a_whole_story(stage)
        await stage.bot.records.forget("U03")
        named = "SELECT count(*) FROM facts WHERE document LIKE '%former-member%'"
        assert rows(tmp_path / "jibungoto.db", named) == [(0,)]

    async def test_who_still_owns_or_holds_something_hands_it_over_first(self, stage):
        case = await stage.open_case()
        await stage.on_card(KEN, case, "claim", option="firewall")
        for person in (YUKI, KEN):
            with pytest.raises(StillInCases, match="SEV-1"):
                await stage.bot.records.forget(person)
        assert (await stage.case()).owner == YUKI

    async def test_an_open_case_goes_on_with_its_promise(self, stage):
        case = await stage.open_case()
        await stage.mention(KEN, case, "連絡済 電話 確認中 / 次回 9:40 結果を共有")
        before = await stage.case()
        await stage.bot.records.forget(KEN)
        after = await stage.case()
        assert (after.promise.due, after.promise.by, after.next_due) == (
            before.promise.due,
            "former-member-1",
            before.next_due,
        )
        await stage.at("9:40")
        assert any("9:40" in m.text for m in stage.said_to(YUKI))

    async def test_the_card_is_drawn_without_them(self, stage):
        await a_whole_story(stage)
        await stage.bot.records.forget(KEN)
        await stage.after(seconds=5)
        card = json.dumps(list(stage.card(await stage.case()).blocks))
        assert KEN not in card


# ---------------------------------------------------------------- the command line


def jibungoto(folder: Path, *words: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "JIBUNGOTO_"))}
    environment |= {"JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
async def story(tmp_path):
    """A folder with a closed and an open case in its database, and no bot running."""
    async with staged(tmp_path) as stage:
        await a_whole_story(stage)
        await stage.sev(MEI, "open A 続いている案件", channel=SEV_A)
    return tmp_path


def test_by_command_a_case_is_exported_and_erased(story):
    assert jibungoto(story, "export", "SEV-1", "out") == (0, "1 cases written to out.")
    code, said = jibungoto(story, "erase", "SEV-1", "--export", "out", "--yes")
    assert (code, said[:24]) == (0, "1 cases erased. Backups ")
    assert left_in(story, *WORDS) == []
    assert jibungoto(story, "show", "1")[0] == 1
    assert re.search(r"SEV-1 was erased on \d{4}-\d\d-\d\d\.", jibungoto(story, "show", "1")[1])
    assert re.search(r"SEV-1 was erased on", jibungoto(story, "erase", "1", "--yes")[1])
    with closing(sqlite3.connect(story / "jibungoto.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_by_command_what_was_closed_before_a_day(story):
    assert jibungoto(story, "export", "--closed-before", "2026-11-24", "out") == (0, "0 cases written to out.")
    assert jibungoto(story, "export", "--closed-before", "2026-11-25", "out") == (0, "1 cases written to out.")
    code, said = jibungoto(story, "erase", "--closed-before", "2026-11-25", "--yes")
    assert (code, said[:16]) == (0, "1 cases erased. ")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("erase", "2", "--yes"), 1, "SEV-2 is not closed: close it first, then erase it."),
        (("erase", "9", "--yes"), 1, "There is no case SEV-9."),
        (("erase", "nine", "--yes"), 2, "nine is not a case: write 42 or SEV-42."),
        (("erase",), 2, "Name cases or --closed-before, for example: jibungoto erase SEV-42 --export exports"),
        (("export", "out"), 2, "Name cases or --closed-before, for example: jibungoto export SEV-42 exports"),
        (("person", "forget", "yuki", "--yes"), 2,
         "yuki is no member id: copy it from the person's profile in Slack, such as U0123456789."),
        (("person", "forget", MEI, "--yes"), 1,
         f"{MEI} owns or holds something in SEV-2: hand it over or close it first."),
    ],
)  # fmt: skip
def test_by_command_what_can_not_be_is_a_sentence(story, words, code, said):
    assert jibungoto(story, *words) == (code, said)


def test_without_a_yes_nothing_happens(story):
    assert jibungoto(story, "erase", "1")[0] == 1
    assert jibungoto(story, "person", "forget", KEN)[0] == 1
    assert jibungoto(story, "export", "1", "out")[0] == 0


def test_by_command_a_person_is_exported_and_forgotten(story):
    assert jibungoto(story, "person", "export", KEN, "ken.json") == (0, f"{KEN} is named in 1 cases: ken.json.")
    code, said = jibungoto(story, "person", "forget", KEN, "--name", "ken", "--yes")
    assert (code, said.split(".")[0]) == (0, f"{KEN} is former-member-1 now, in 1 cases")
    assert left_in(story, KEN) == []


async def test_while_the_bot_runs_nothing_is_erased_by_command(stage, tmp_path):
    await a_whole_story(stage)
    code, said = await asyncio.to_thread(jibungoto, tmp_path, "erase", "1", "--yes")
    assert (code, "is in use by another Jibungoto: stop that one first" in said) == (4, True)
    code, said = await asyncio.to_thread(jibungoto, tmp_path, "export", "1", "out")
    assert (code, said) == (0, "1 cases written to out.")
