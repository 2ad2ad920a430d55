"""Unknown: what is said to a line that begins with no verb."""

from bot.domain.case import Case
from bot.domain.errors import DoneWhat, ResultMissing, StepNotNamed, VerbUnknown
from bot.domain.run import running
from bot.domain.task import in_hand
from bot.domain.text import one_line
from bot.domain.values import UserId
from handlers.slack.words import DONE, Spoken, forms_of


def unknown(words: Spoken, here: Case | None, speaker: UserId) -> VerbUnknown:
    """The near verbs; where something is done, the line for what the speaker may have done in this thread."""
    word = one_line(words.said_verb, 40)
    if DONE.isdisjoint(forms_of(word)):
        return VerbUnknown(word=word, near=", ".join(words.suggestions) or "help")
    error = DoneWhat(word=word, number=here.number if here else None)
    error.example = VerbUnknown.example
    if here is None:
        return error
    steps = [run.next for run in running(here) if run.next is not None]
    if mine := in_hand(here, speaker):
        error.about["task"] = mine[0].serial
        error.example = ResultMissing.example
    elif any(check.state == "approved" for check in here.checks):
        error.example = DoneWhat.example
    elif steps:
        error.about["step"] = steps[0]
        error.example = StepNotNamed.example
    return error
