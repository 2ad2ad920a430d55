"""Draft: an update to the customer in words, in the order of their reading, for a person to edit and send.

In Japanese it speaks as 弊社 to お客様: 謙譲語 for us, 尊敬語 for them. What is a guess says so.
Times are the customer's.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.text import fold
from bot.domain.update import Looked, Update
from bot.domain.values import Language, name_of
from handlers.views import parts, times
from handlers.views.buttons import act, row
from handlers.views.inputs import LONGEST, menu, text_input
from handlers.views.parts import Block, Message
from handlers.views.pen import WAYS, Pen, pens
from handlers.views.promised_fields import promised_fields, reason_field
from handlers.views.texts import Texts, mark, texts
from handlers.views.windows import View, form

TO_FILL_IN = mark("[to be filled in]")
COLLEAGUE = mark("our engineer")
"""What stands for a person of ours."""
NEXT = mark("7. Next contact")
UNDECIDED = mark("The time of the next contact is not decided yet. We will let you know as soon as it is.")
SEEN, NEEDED = mark("  What we saw: {evidence}"), mark("  Needed: {evidence}")
MOST = 3
"""Ours: how many areas a next action names."""
_OTHER: dict[Language, Language] = {"ja": "en", "en": "ja"}
_IN: dict[Language, str] = {"ja": mark("In Japanese"), "en": mark("In English")}
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_FRAMES = {"ja": re.compile(r"(?:様|さま|御中|殿)$"), "en": re.compile(r"\s*(?:様|さま|御中|殿)$")}

Lines = list[str]


# ---------------------------------------------------------------- the text


def draft(update: Update, language: Language, zone: str) -> str:
    """The whole text; of many results as many as a form holds."""
    for most in (len(update.areas), 20, 12, 6, 3, 0):
        text = "\n".join(_lines(_Hand(update, language, zone, most)))
        if len(text) <= LONGEST:
            return text
    return text[:LONGEST]


class _Hand:
    """What writes the draft: the update, the language, the customer's zone, and how many areas are told in full."""

    def __init__(self, update: Update, language: Language, zone: str, most: int) -> None:
        self.update = update
        self.language = language
        self.zone = zone
        self.most = most
        self.texts: Texts = texts(language)
        self.say = self.texts.say

    def when(self, at: datetime) -> str:
        return times.in_words(at, self.zone, self.language)

    def name(self, area: Looked) -> str:
        if area.outside:
            return self.say("The answer of another party")
        return (area.name_ja if self.language == "ja" else area.name_en) or self.say("One more area")

    def item(self, line: str) -> str:
        return self.say("- {line}", line=line)

    def told(self, areas: Sequence[Looked], msgid: str, seen: str = SEEN) -> Iterator[str]:
        """Each area in this sentence, and below it what was seen there."""
        for area in areas[: self.most]:
            sentence = self.say(msgid, area=self.name(area))
            if area.fresh and area.again:
                sentence = self.texts.sentences(sentence, self.say("This replaces what we told you before."))
            yield self.item(sentence)
            if area.evidence:
                yield self.say(seen, evidence=area.evidence)
        if len(areas) > self.most:
            yield self.item(self.say("and {n} more", n=len(areas) - self.most))


def _lines(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    yield say("Dear {customer},", customer=_addressed(hand))
    yield ""
    yield say("Thank you for your patience.") if update.told_at else say("Thank you for contacting us.")
    if update.late:
        yield say("We apologize for the late update.")
    yield _reported(hand)
    yield say("Subject: {title} (as of {at})", title=update.title or say(TO_FILL_IN), at=hand.when(update.at))
    sections = (
        (mark("1. Current status"), _status),
        (mark("2. Impact"), _impact),
        (mark("3. Investigated so far"), _investigated),
        (mark("4. Known, and being checked"), _known),
        (mark("5. Next action"), _action),
        (mark("6. What we ask of you"), _asks),
        (NEXT, _next),
    )
    for heading, section in sections:
        yield from ("", say(heading), *section(hand))
    yield from ("", say("Kind regards,"))


def _addressed(hand: _Hand) -> str:
    """The customer as one writes to them: 様 where no title stands yet, none in English."""
    name = hand.update.customer.strip()
    if not name:
        return hand.say("customer")
    if hand.language == "en":
        return _FRAMES["en"].sub("", name) or name
    return name if _FRAMES["ja"].search(name) else f"{name} 様"


def _reported(hand: _Hand) -> str:
    if hand.update.reference:
        return hand.say("Here is the current status of your case {reference}.", reference=hand.update.reference)
    return hand.say("Here is the current status of your case.")


def _status(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    if update.wrote_at is not None:
        yield say("We have received your message of {at}.", at=hand.when(update.wrote_at))
    if update.resolved_at is not None:
        yield say("We have confirmed that the service is restored ({at}).", at=hand.when(update.resolved_at))
        return
    if update.told_at is None:
        yield say("We have received your report.")
    if update.of(None) or update.of("suspect"):
        yield say("The problem is not solved yet. We are investigating it.")
    else:
        yield say("The problem is not solved yet.")
    if update.paused:
        yield say("We are waiting for your reply.")


def _impact(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    if update.impact:
        yield say("We understand the impact as follows.")
        yield from map(hand.item, update.impact)
    else:
        yield say("The scope of the impact is being checked.")
    until = hand.when(update.deadline) if update.deadline else update.deadline_text
    if until and update.resolved_at is None:
        yield hand.item(say("You need it back by: {until}", until=until))


def _investigated(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    if update.how:
        yield hand.item(say("What restored it: {how}", how=update.how))
    of = {verdict: [one for one in update.results if one.verdict == verdict] for verdict in ("cleared", "cause")}
    yield from hand.told(of["cleared"], mark("{area}: we have confirmed that it is working normally."))
    yield from hand.told(of["cause"], mark("{area}: we have confirmed that the cause is here."))
    for area in [one for one in update.results if one.verdict == "suspect"][: hand.most]:
        yield hand.item(say("{area}: examined. The result is partly a guess and stands under 4.", area=hand.name(area)))
    if update.others_answered:
        yield hand.item(say("We have an answer from another party, and are going through it."))
    if update.news:
        return
    if update.told_at is None:
        yield say("There is no result to report yet.")
    else:
        yield say("Since our last contact ({at}) there is no new result to report.", at=hand.when(update.told_at))


def _known(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    causes, earlier = update.of("cause"), [one for one in update.of("cause") if not one.fresh]
    yield from hand.told(earlier, mark("{area}: we have confirmed that the cause is here."))
    if not causes:
        yield hand.item(say("The cause is not yet identified."))
    elif not earlier:
        yield hand.item(say("The cause is identified, as stated under 3."))
    yield from hand.told(update.of("suspect"), mark("[Guess] {area}: the cause may be here, which is not certain yet."))
    looking = [one for one in update.of(None) if not (one.outside and update.others_answered)]
    for area in looking[: hand.most]:
        msgid = mark("Being checked once more: {area}") if area.again else mark("Being checked: {area}")
        yield hand.item(say(msgid, area=hand.name(area)))
    yield from hand.told(
        [one for one in update.of("waiting") if not one.outside],
        mark("{area}: we are waiting for information that we need to check it."),
        NEEDED,
    )
    if update.others_asked:
        yield hand.item(say("We have asked another party, and are waiting for their answer."))


def next_action(update: Update, language: Language) -> str:
    """What was promised for the next contact, else the results of what is being checked; nothing where nothing is."""
    if update.action or update.due is None:
        return update.action
    hand = _Hand(update, language, "UTC", MOST)
    names = [hand.name(area) for area in update.of(None)[:MOST]]
    return hand.say("Report the result of: {areas}", areas=hand.texts.listed(names)) if names else ""


def _action(hand: _Hand) -> Iterator[str]:
    if hand.update.resolved_at is not None:
        yield hand.say("We will agree the next steps with you once you have checked it.")
        return
    yield hand.say("We will do the following.")
    yield hand.item(next_action(hand.update, hand.language) or hand.say(TO_FILL_IN))


def _asks(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    asked: Lines = []
    if update.awaited:
        asked.append(update.awaited)
    elif update.paused:
        asked.append(say(TO_FILL_IN))
    if update.resolved_at is not None:
        asked.append(say("Please check that it works again on your side."))
    elif not update.impact:
        asked.append(say("The scope of the impact: what is affected, how many, and what stands still"))
    if asked:
        yield say("Could you please help us with the following?")
        yield from map(hand.item, asked)
    else:
        yield say("There is nothing we need from you now. If you notice anything, please let us know.")


def _next(hand: _Hand) -> Iterator[str]:
    say, update = hand.say, hand.update
    if update.resolved_at is not None:
        yield say("We will agree it with you once you have checked it.")
    elif update.due is None:
        yield say(UNDECIDED)
    else:
        yield say("We will contact you by {due}. It may be an interim report.", due=hand.when(update.due))


# ---------------------------------------------------------------- what a text says by itself


def unfinished(text: str) -> bool:
    """Whether a mark is left where a person was to write."""
    return any(texts(language).say(TO_FILL_IN) in text for language in _OTHER)


def contradicts(text: str, due: datetime, zones: Sequence[str]) -> bool:
    """Whether the text names other times for the next contact than this one, or says that it is undecided.

    A text that names none in figures is taken at its word.
    """
    if any(texts(language).say(UNDECIDED) in text for language in _OTHER):
        return True
    after = [text.rpartition(said)[2] for language in _OTHER if (said := texts(language).say(NEXT)) in text]
    named = {(int(hour), int(minute)) for hour, minute in _CLOCK.findall(fold(after[0]))} if after else set()
    meant = {(local.hour, local.minute) for zone in zones for local in [due.astimezone(times.zone(zone))]}
    return bool(named) and named.isdisjoint(meant)


# ---------------------------------------------------------------- where it is shown


def draft_message(case: Case, update: Update, written: Language, language: Language, *, unsure: bool) -> Message:
    """The draft for one person to read, with a button that opens it for editing."""
    rich, plain = pens(language, case.customer_zone, private=True)
    lines = draft(update, written, case.customer_zone).split("\n")
    safe = [parts.typed(line, 1000) for line in lines]
    spoken = [plain.say("{case}: draft of a customer update. Nothing is sent for you.", case=name_of(case.number)), ""]
    shown = [rich.say("{case}: draft of a customer update. Nothing is sent for you.",
                      case=rich.bold(name_of(case.number)))]  # fmt: skip
    blocks: list[Block] = [parts.section(shown[0]), parts.divider()]
    blocks += [parts.section(page) for page in parts.pages(safe)]
    blocks += [parts.context(hint) for hint in _hints(rich, update, unsure=unsure)]
    other = _OTHER[written]
    button = act(rich, case, "draft", rest=written, text=rich.say("Edit, then record"), style="primary")
    switch = act(rich, case, "draft", rest=other, text=rich.say(_IN[other]))
    blocks += [row(case, "draft", [button]), row(case, "other", [switch])]
    return Message(text=parts.fitting([*spoken, *safe], parts.TEXT), blocks=tuple(blocks))


def draft_modal(
    case: Case, update: Update, written: Language, language: Language, zone: str, meta: str, *, unsure: bool
) -> View:  # fmt: skip
    """The draft to edit, and what is recorded once it was sent: how, and the next contact."""
    pen = Pen(language, zone, rich=True, private=True)
    now = update.at
    ways = [parts.option(pen.say(word), key) for key, word in WAYS.items()]
    said = text_input("said", pen.say("Text: edit it, copy it, and send it yourself"), lines=True,
                      given=draft(update, written, case.customer_zone))  # fmt: skip
    # Slack keeps what was typed where block and action have the same ids: in the other language it begins anew.
    said["element"]["action_id"] = f"{said['element']['action_id']}-{written}"
    other = _OTHER[written]
    blocks: list[Block] = [
        said,
        *(parts.context(hint) for hint in _hints(pen, update, unsure=unsure)),
        row(case, "draft", [act(pen, case, "draft", rest=other, text=pen.say(_IN[other]))]),
        menu("how", pen.say("How did you send it?"), ways, chosen="mail", placeholder=pen.say("Choose")),
    ]
    if case.status == "open":
        due = times.typed_time(update.due, now, zone) if update.due else ""
        required = case.terms.next_contact_required
        blocks += promised_fields(pen, case, zone, now, due, next_action(update, written), required=required)
        blocks.append(reason_field(pen, case, "", reasoned=False))
    title = pen.say("Update: {case}", case=name_of(case.number))
    return form(pen, "draft", meta, title, pen.say("Sent: record it"), blocks)


def _hints(pen: Pen, update: Update, *, unsure: bool) -> Iterator[str]:
    """What whoever sends it should look at."""
    if update.withheld:
        yield pen.say("Names or internal remarks that were typed are left out or replaced. Please read it once more.")
    if unsure:
        yield pen.say("Slack did not tell the names of all colleagues in time. Please look for them in the text.")
    yield pen.say("What people typed stands in the language they typed it in.")
