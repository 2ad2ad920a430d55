"""Steps: the runbooks of a case in its report: how far each went, who confirmed what, and what was passed by."""

from bot.domain.account import Account
from bot.domain.run import Run
from handlers.views.report.paper import Section, Table
from handlers.views.report.scribe import Scribe, one_line


def runbooks(pen: Scribe, account: Account) -> tuple[Section, ...]:
    """A section where a runbook was started, and none where none was."""
    if not account.case.runs:
        return ()
    headings = (
        pen.say("Runbook"),
        pen.say("From"),
        pen.say("Steps"),
        pen.say("Confirmed by two"),
        pen.say("How it went"),
    )
    rows = tuple(_run(pen, one) for one in account.case.runs)
    return (Section(pen.say("Runbooks"), (Table(headings, rows),)),)


def _run(pen: Scribe, run: Run) -> tuple[str, ...]:
    confirmed = [f"{n}. {pen.names([step.by, step.second])}" for n, step in enumerate(run.steps, 1)
                 if step.by and step.second]  # fmt: skip
    return (
        one_line(run.name(pen.language)),
        pen.spoken(run.at),
        pen.say("{gone} of {all} steps", gone=run.gone, all=len(run.steps)),
        pen.texts.listed(confirmed) or "–",
        _went(pen, run),
    )


def _went(pen: Scribe, run: Run) -> str:
    """Finished, stopped for a reason, or left; and what was skipped, with the reasons."""
    if run.ended_at is None:
        ended = pen.say("not finished")
    elif run.stopped:
        ended = pen.say("stopped {at}: {reason}", at=pen.spoken(run.ended_at), reason=one_line(run.stopped))
    else:
        ended = pen.say("finished {at}", at=pen.spoken(run.ended_at))
    skipped = [
        pen.say("skipped {n}: {reason}", n=n, reason=one_line(step.skipped))
        for n, step in enumerate(run.steps, 1)
        if step.skipped
    ]
    return pen.texts.listed([ended, *skipped])
