"""Bundle: several reminders to one person as one message, the most urgent first, with a row of buttons for each."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.messages import ReminderCame
from bot.domain.values import Language, UserId, name_of
from handlers.views import parts
from handlers.views.parts import Block, Message
from handlers.views.pen import Pen, pens
from handlers.views.reminder import reminder


def bundle(
    reminders: Sequence[tuple[Case, ReminderCame]], to: UserId, zone: str, language: Language, now: datetime
) -> Message:
    """How many there are and which is the most urgent, then each of them as it would be alone."""
    rich, plain = pens(language, zone, private=True)
    ordered = sorted(reminders, key=lambda one: (one[1].due, one[0].number))
    said = [reminder(case, fact, "person", to, zone, language, now) for case, fact in ordered]
    lines = [_head(plain, ordered), *(line for one in said for line in ("", *one.text.split("\n")))]
    blocks: list[Block] = [parts.section(rich.bold(_head(rich, ordered)))]
    for place, one in enumerate(said):
        blocks += [_of_its_own(block, place) for block in one.blocks]
    return Message(text=parts.fitting(lines, parts.TEXT), blocks=tuple(blocks[: parts.BLOCKS]))


def _head(pen: Pen, reminders: Sequence[tuple[Case, ReminderCame]]) -> str:
    case, fact = reminders[0]
    return pen.say("{n} reminders. First: {case}, {clock} {due}", n=len(reminders), case=name_of(case.number),
                   clock=pen.clock(fact.clock), due=pen.when(fact.due))  # fmt: skip


def _of_its_own(block: Block, place: int) -> Block:
    """Two clocks of one case would have blocks of the same name, which Slack refuses in one message.

    https://docs.slack.dev/reference/block-kit/blocks/section-block
    """
    return {**block, "block_id": f"{block['block_id']}/{place}"[:255]} if "block_id" in block else block
