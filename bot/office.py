"""Office: the commands that keep, give out and let go of records. Arguments in, sentences out, as in `cli.py`."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.archive import NotWhole
from bot.chores import opened_records
from bot.domain.errors import CaseErased, UnknownCase
from bot.domain.values import CaseNumber, UserId, name_of
from bot.ports import StillInCases
from bot.records import Records, StillOpen
from bot.settings import Environment

Date = Annotated[datetime | None, typer.Option("--closed-before", formats=["%Y-%m-%d"], help="a day, in UTC")]
Id = Annotated[str, typer.Argument(help="a Slack member id, U0123456789")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


def offer(
    app: typer.Typer,
    environment: Callable[[], Environment],
    run: Callable[[Any], Any],
    fail: Callable[..., typer.Exit],
    say: Callable[[str], None],
) -> None:
    """Add `export`, `erase` and `person` to the command line."""
    person = typer.Typer(no_args_is_help=True, help="Export or forget what is known of a person.")
    app.add_typer(person, name="person")

    def attempt(work: Any) -> Any:
        try:
            return run(work)
        except CaseErased as gone:
            raise fail(1, f"{name_of(gone.about['number'])} was erased on {gone.about['at']:%Y-%m-%d}.") from None
        except UnknownCase as unknown:
            raise fail(1, f"There is no case {name_of(unknown.about['number'])}.") from None
        except (StillOpen, StillInCases, NotWhole) as refused:
            raise fail(1, str(refused)) from None

    def known(text: str) -> UserId:
        if not (text[:1] in ("U", "W") and text.isascii() and text.isalnum() and text.isupper()):
            raise fail(2, f"{text} is no member id: copy it from the person's profile in Slack, such as U0123456789.")
        return UserId(text)

    def numbers(words: list[str]) -> list[CaseNumber]:
        found = []
        for word in words:
            digits = word.strip().lower().removeprefix("sev-").removeprefix("#")
            if not (digits.isascii() and digits.isdigit()):
                raise fail(2, f"{word} is not a case: write 42 or SEV-42.")
            found.append(CaseNumber(int(digits)))
        return found

    async def chosen(records: Records, cases: list[CaseNumber], before: datetime | None) -> list[CaseNumber]:
        return cases if before is None else [*cases, *await records.closed_before(_day(before))]

    def nothing_named(example: str) -> NoReturn:
        raise fail(2, f"Name cases or --closed-before, for example: {example}")

    @app.command()
    def export(
        what: Annotated[list[str], typer.Argument(help="cases, and the folder to write to last")],
        closed_before: Date = None,
    ) -> None:
        """Write cases as JSON files, SEV-42.json each; also while the bot runs."""
        *cases, folder = what
        if not cases and closed_before is None:
            nothing_named("jibungoto export SEV-42 exports")
        wanted = numbers(cases)

        async def work() -> list[Path]:
            async with opened_records(environment(), alone=False) as records:
                return [
                    await records.export(number, Path(folder))
                    for number in await chosen(records, wanted, closed_before)
                ]

        written = attempt(work())
        say(f"{len(written)} cases written to {folder}.")

    @app.command()
    def erase(
        cases: Annotated[list[str] | None, typer.Argument(help="closed cases")] = None,
        closed_before: Date = None,
        export: Annotated[Path | None, typer.Option(help="write them to this folder first")] = None,
        yes: Yes = False,
    ) -> None:
        """Erase closed cases for good, with the bot stopped."""
        if not cases and closed_before is None:
            nothing_named("jibungoto erase SEV-42 --export exports")
        wanted = numbers(cases or [])

        async def work() -> int:
            async with opened_records(environment(), alone=True) as records:
                due = await chosen(records, wanted, closed_before)
                if due and not yes and not typer.confirm(f"Erase {', '.join(map(name_of, due))} for good?"):
                    return -1
                for number in due:
                    await records.erase(number, "on request", folder=export)
                await records.scrub()
                return len(due)

        erased = attempt(work())
        if erased < 0:
            raise fail(1, "Nothing was erased.")
        say(f"{erased} cases erased. {_copies(environment())}")

    @person.command("export")
    def about(who: Id, file: Annotated[Path, typer.Argument(help="where to write it")]) -> None:
        """Write every fact that a person made or that names them; also while the bot runs."""
        user = known(who)

        async def work() -> int:
            async with opened_records(environment(), alone=False) as records:
                return await records.about(user, file)

        say(f"{user} is named in {attempt(work())} cases: {file}.")

    @person.command()
    def forget(
        who: Id,
        name: Annotated[list[str] | None, typer.Option(help="how people wrote the name, to replace that too")] = None,
        yes: Yes = False,
    ) -> None:
        """Put a pseudonym in a person's place everywhere, with the bot stopped."""
        user = known(who)
        if not yes and not typer.confirm(f"Forget {user} for good?"):
            raise fail(1, "Nobody was forgotten.")

        async def work() -> Any:
            async with opened_records(environment(), alone=True) as records:
                forgotten = await records.forget(user, tuple(name or ()))
                await records.scrub()
                return forgotten

        forgotten = attempt(work())
        say(f"{user} is {forgotten.pseudonym} now, in {len(forgotten.cases)} cases. {_copies(environment())}")


def _day(date: datetime) -> datetime:
    return datetime.combine(date.date(), time(0), UTC)


def _copies(environment: Environment) -> str:
    """What erasing here can't reach."""
    database = Path(environment.jibungoto_database)
    beside = sorted(str(path) for path in database.parent.glob(f"{database.name}.before-*"))
    also = f" and {', '.join(beside)}" if beside else ""
    return f"Backups{also} still hold it, and so do Slack's own messages."
