"""Refusals of words: what was typed can't be read."""

from bot.domain.refusals.base import Refusal


class WordsRefusal(Refusal):
    """That can't be read."""


class VerbUnknown(WordsRefusal):
    """ "{word}" is not a verb here. Did you mean: {near}?"""

    example = "help"


class DoneWhat(VerbUnknown):
    """ "{word}" alone does not say what is done. Write "task done", "runbook done" or "check done"."""

    example = "check {number} done"


class NoRoster(WordsRefusal):
    """No roster is set up, so nobody's shifts are known. An admin can add `[roster]` to the configuration file."""

    example = "list"


class DraftLanguageUnknown(WordsRefusal):
    """A draft can be in Japanese or in English; “{word}” is neither."""

    example = "draft {number} en"


class TimeUnreadable(WordsRefusal):
    """ "{word}" is not a time that can be read. Use 30m, 15:00 or "tomorrow 9:00"."""

    example = "next {number} 30m send the result reason: the customer asked for it"


class DutyTimeUnreadable(TimeUnreadable):
    """ "{word}" is not a time that can be read. Use 30m, 15:00 or "tomorrow 9:00"."""

    example = "{verb} tomorrow 9:00"


class TextMissing(WordsRefusal):
    """Write what should be kept."""

    example = "{verb} {number} the text to keep"


class SettingsWhat(WordsRefusal):
    """The one thing to do with the settings from here is to have them read anew."""

    example = "settings reload"
