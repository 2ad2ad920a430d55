"""Questions: what was slow, as something to talk about. Each asks what would have helped, and none asks who."""

from collections.abc import Callable

from bot.domain.account import Account
from bot.domain.review import Slow, SlowKind, slow
from handlers.views.report.scribe import Scribe


def questions(pen: Scribe, account: Account) -> list[str]:
    """The questions for the review, from what was slow."""
    return [_QUESTIONS[one.kind](pen, account, one) for one in slow(account)]


def _area(pen: Scribe, account: Account, one: Slow) -> str:
    return next((pen.area_name(area) for area in account.areas if area.key == one.area), one.area or "")


def _response(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("The first response came {length} after it was due ({at}). What would have brought it sooner?",
                   length=pen.how_long(one.length), at=pen.spoken(one.at))  # fmt: skip


def _promise(pen: Scribe, account: Account, one: Slow) -> str:
    said = pen.count("{n} promised contact was not in time, by {length} ({at}).",
                     "{n} promised contacts were not in time, the worst by {length} ({at}).",
                     one.count, length=pen.how_long(one.length), at=pen.spoken(one.at))  # fmt: skip
    return pen.texts.sentences(said, pen.say("What stood in the way, and who else could have called?"))


def _clock(pen: Scribe, account: Account, one: Slow) -> str:
    assert one.measured is not None
    return pen.say("{clock}: {length} over ({at}). At which moment could it still have been kept?",
                   clock=pen.clock(one.measured.clock.name), length=pen.how_long(one.length),
                   at=pen.spoken(one.at))  # fmt: skip


def _silence(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("The customer heard nothing for {length} (from {at}). Was that agreed with them?",
                   length=pen.how_long(one.length), at=pen.spoken(one.at))  # fmt: skip


def _untold(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("It was resolved {length} before the customer was told. How could they hear it at once?",
                   length=pen.how_long(one.length))  # fmt: skip


def _alone(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("For {length} one person was alone with the case. What would have brought a second one sooner?",
                   length=pen.how_long(one.length))  # fmt: skip


def _unseen(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("Nobody looked at “{area}” for {length}. Was that a decision, or did it go unnoticed?",
                   area=_area(pen, account, one), length=pen.how_long(one.length))  # fmt: skip


def _start(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("The cause was in “{area}”, and looking there began after {length}. What could have pointed there?",
                   area=_area(pen, account, one), length=pen.how_long(one.length))  # fmt: skip


def _from_cause(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("From the cause to the end of the fault it took {length}. What was waited for?",
                   length=pen.how_long(one.length))  # fmt: skip


def _unanswered(pen: Scribe, account: Account, one: Slow) -> str:
    return pen.say("A handover waited {length} for its answer. How should the next one be prepared?",
                   length=pen.how_long(one.length))  # fmt: skip


def _called(pen: Scribe, account: Account, one: Slow) -> str:
    said = pen.count("The channel was called {n} time.", "The channel was called {n} times.", one.count)
    return pen.texts.sentences(said, pen.say("Did help come, and could it have been asked for earlier?"))


def _moved(pen: Scribe, account: Account, one: Slow) -> str:
    said = pen.count("The next contact was moved {n} time.", "The next contact was moved {n} times.", one.count)
    return pen.texts.sentences(said, pen.say("What would make such times easier to judge?"))


_QUESTIONS: dict[SlowKind, Callable[[Scribe, Account, Slow], str]] = {
    "late-response": _response,
    "late-promise": _promise,
    "late-clock": _clock,
    "silence": _silence,
    "untold": _untold,
    "alone": _alone,
    "unseen": _unseen,
    "late-start": _start,
    "unresolved-cause": _from_cause,
    "unanswered": _unanswered,
    "called": _called,
    "moved-promises": _moved,
}
