"""Check modals: the forms of a risky step: asking, approving, sending back, and going ahead without anybody."""

from bot.domain.case import Case
from bot.domain.check import LONGEST, TARGET, Check
from bot.domain.values import Language, name_of
from handlers.views import checks, parts
from handlers.views.inputs import menu, person_input, text_input
from handlers.views.parts import Block
from handlers.views.pen import Pen
from handlers.views.windows import View, form


def check_modal(case: Case, check: Check | None, language: Language, meta: str) -> View:
    """Ask for a check, or edit a step, which makes what was said of it void."""
    pen = _pen(language)
    risks = [parts.option(pen.say(words), risk) for risk, words in checks.RISKS.items()]
    blocks: list[Block] = [
        menu("risk", pen.say("What kind of step?"), risks, chosen=check.risk if check else None,
             placeholder=pen.say("Choose")),
        text_input("target", pen.say("Target"), given=check.target if check else "", longest=TARGET,
                   example=pen.say("One host, ID or name, such as db-prod-01"),
                   hint=pen.say("The second person types it again. To lower the severity: the new one. To pause, end "
                                "or close: the case.")),
        text_input("what", pen.say("What is done?"), given=check.what if check else "", longest=LONGEST, lines=True),
        text_input("rollback", pen.say("How is it undone?"), given=check.rollback if check else "", longest=LONGEST,
                   lines=True, hint=pen.say("If it can't be undone, say that.")),
        person_input("to", pen.say("Who should check it?"), chosen=None, placeholder=pen.say("Choose a person"),
                     optional=True),
        parts.context(pen.say("Without a name it is put to everybody in the case.")),
    ]  # fmt: skip
    if check is not None:
        blocks.insert(0, parts.section(pen.say("Sending this makes what was approved before void.")))
    named = name_of(case.number)
    title = pen.say("Edit step: {case}", case=named) if check else pen.say("Check: {case}", case=named)
    return form(pen, "check", meta, title, pen.say("Ask for a check"), blocks)


def approve_modal(case: Case, check: Check, language: Language, meta: str) -> View:
    """The step to read, and an empty field: whoever confirms it looks at the target and types it."""
    pen = _pen(language)
    blocks = [
        parts.section(parts.fitting(checks.lines(pen, check), parts.SECTION)),
        text_input("target", pen.say("Type the target"), longest=TARGET,
                   hint=pen.say("As you read it where the step will be done. Upper and lower case count.")),
    ]  # fmt: skip
    return form(pen, "approve", meta, pen.say("Approve: {case}", case=name_of(case.number)), pen.say("Approve"), blocks)


def reject_modal(case: Case, check: Check, language: Language, meta: str) -> View:
    """Send the step back with a reason that whoever asked can act on."""
    pen = _pen(language)
    blocks = [
        parts.section(parts.fitting(checks.lines(pen, check), parts.SECTION)),
        text_input("reason", pen.say("Why not like this?"), longest=LONGEST),
    ]
    return form(pen, "reject", meta, pen.say("Send back: {case}", case=name_of(case.number)), pen.say("Send back"),
                blocks)  # fmt: skip


def override_modal(case: Case, check: Check, language: Language, meta: str) -> View:
    """Go ahead without anybody's check: possible, and loud."""
    pen = _pen(language)
    blocks = [
        parts.section(parts.fitting(checks.lines(pen, check), parts.SECTION)),
        text_input("reason", pen.say("Why can't it wait?"), longest=LONGEST),
        parts.context(pen.say("The thread and the shift lead are told, and it stands on the card and in the report.")),
    ]
    return form(pen, "override", meta, pen.say("Emergency: {case}", case=name_of(case.number)), pen.say("Go ahead"),
                blocks)  # fmt: skip


def _pen(language: Language) -> Pen:
    return Pen(language, "UTC", rich=True, private=True)
