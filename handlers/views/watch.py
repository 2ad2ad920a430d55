"""Watch: what is said about the bot itself: the net's message, the daily line, and what the auditor found."""

from bot.domain.case import Case
from bot.domain.net import Net
from bot.domain.values import Language
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens
from handlers.views.texts import mark, texts

OPENING = mark("Jibungoto may be down.")
"""How every net begins; what lies at Slack is known again by it."""


def net_message(case: Case, net: Net, *, zone: str, language: Language, in_thread: bool) -> Message:
    """The net: still true when it is read by somebody whose bot is well, and who has rung the customer long ago."""
    rich, plain = pens(language, zone, private=not in_thread)
    return Message(
        text=parts.fitting(_net(plain, case, net, in_thread), parts.TEXT),
        blocks=(parts.section(parts.fitting(_net(rich, case, net, in_thread), parts.SECTION), f"net/{case.number}"),),
    )


def _net(pen: Pen, case: Case, net: Net, in_thread: bool) -> list[str]:
    at = pen.when_there(net.due, case.customer_zone)
    name, title = pen.bold(f"SEV-{case.number}"), parts.typed(case.title, 200)
    if net.clock == "first-response":
        promise = pen.say("{case} ({title}): the customer was to get our first response by {at}.",
                          case=name, title=title, at=at)  # fmt: skip
    else:
        promise = pen.say("{case} ({title}): the customer was promised a contact by {at}.",
                          case=name, title=title, at=at)  # fmt: skip
    asked = [parts.person(net.to)] if in_thread and net.to else []
    return [
        pen.texts.sentences(*asked, pen.say(OPENING), promise),
        pen.say("If that was done already, nothing is needed. Otherwise please contact the customer now."),
        pen.say("(This message was left with Slack beforehand, for the case that the bot is silent.)"),
    ]


def is_net(text: str) -> bool:
    """Whether a scheduled message is a net of ours."""
    return any(texts(language).say(OPENING) in text for language in ("ja", "en"))
