"""Watch: what is said about the bot itself: the net's message, the daily line, and what the auditor found."""

from datetime import timedelta

from bot.domain.audit import Miss, MissKind
from bot.domain.case import Case
from bot.domain.net import Net
from bot.domain.values import Language
from bot.watch import Figures, Said
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


# ---------------------------------------------------------------- to the admin

KINDS: dict[MissKind, str] = {
    "unreached": mark("its moment passed and nothing was said"),
    "unplanned": mark("it was not in the plan"),
    "unwritten": mark("it came, and no message was written"),
    "unsaid": mark("its message has not been delivered yet"),
}
MOST = 10


def daily_line(figures: Figures, *, language: Language) -> Message:
    """The figures of the last 24 hours, what is wrong last and never left out."""
    pen = Pen(language, "UTC", rich=False, private=True)
    lines = [
        pen.texts.sentences(
            pen.say("Jibungoto, the last 24 hours:"),
            pen.count("{n} case is open.", "{n} cases are open.", figures.open),
            _said(pen, figures.said),
            pen.count("{n} promise also lies with Slack.", "{n} promises also lie with Slack.", figures.watch.nets),
        ),
        *_wrong(pen, figures),
    ]
    return _message(lines)


def _said(pen: Pen, said: Said) -> str:
    if not said.count:
        return pen.say("No reminder was due.")
    many = pen.count("{n} reminder was sent;", "{n} reminders were sent;", said.count)
    return pen.texts.sentences(many, pen.say("the latest came {length} after its moment ({case}).",
                                             length=_length(pen, said.worst), case=f"SEV-{said.case}"))  # fmt: skip


def _length(pen: Pen, length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return pen.say("{seconds} s", seconds=seconds) if seconds < 60 else pen.lasting(length)


def _wrong(pen: Pen, figures: Figures) -> list[str]:
    lines = []
    if figures.parked:
        lines.append(pen.count("{n} message could not be delivered: see `jibungoto doctor`.",
                               "{n} messages could not be delivered: see `jibungoto doctor`.",
                               figures.parked))  # fmt: skip
    if figures.watch.spoke:
        lines.append(pen.count("{n} scheduled message spoke in place of the bot: it was silent then.",
                               "{n} scheduled messages spoke in place of the bot: it was silent then.",
                               figures.watch.spoke))  # fmt: skip
    if not figures.watch.misses and not figures.watch.unrepaired:
        lines.append(pen.say("The auditor found nothing missing."))
    else:
        lines.append(pen.count("The auditor found {n} reminder missing; not made good yet: {left}.",
                               "The auditor found {n} reminders missing; not made good yet: {left}.",
                               figures.watch.misses, left=figures.watch.unrepaired))  # fmt: skip
    return lines


def findings(misses: list[Miss], *, language: Language, zone: str) -> Message:
    """Which reminders the auditor found missing, and what it did about it."""
    pen = Pen(language, zone, rich=False, private=True)
    lines = [
        pen.count("The auditor found {n} reminder missing:", "The auditor found {n} reminders missing:", len(misses))
    ]
    lines += [f"• {_miss(pen, miss)}" for miss in misses[:MOST]]
    if len(misses) > MOST:
        lines.append(pen.say("… and {n} more: see `jibungoto doctor`.", n=len(misses) - MOST))
    return _message(lines)


def _miss(pen: Pen, miss: Miss) -> str:
    done = pen.say("made good") if miss.repaired_at else pen.say("not made good yet")
    return pen.say("{case}, {what}, planned for {at}: {kind} ({done})", case=f"SEV-{miss.case}",
                   what=parts.typed(miss.what, 100), at=pen.when(miss.planned),
                   kind=pen.say(KINDS[miss.kind]), done=done)  # fmt: skip


def not_reloaded(faults: tuple[str, ...], *, language: Language) -> Message:
    """The faults of a configuration that was not taken over, as `jibungoto check` names them."""
    pen = Pen(language, "UTC", rich=False, private=True)
    lines = [pen.say("The changed configuration has faults, so the last good one stays in force:")]
    lines += [f"• {parts.typed(fault, 300)}" for fault in faults[:MOST]]
    if len(faults) > MOST:
        lines.append(pen.say("… and {n} more: see `jibungoto check`.", n=len(faults) - MOST))
    return _message(lines)


MOST_KEYS = 20


def reloaded(
    waiting: tuple[str, ...], changed: tuple[str, ...], broken: tuple[str, ...] = (), *, language: Language
) -> Message:
    """The configuration was taken over, and what is other than before; `waiting` is read at the next start only, and
    `broken` runbooks were not read."""
    pen = Pen(language, "UTC", rich=False, private=True)
    lines = [
        pen.say("The settings were read anew. Cases opened from now on follow them; running ones keep their terms.")
    ]
    if changed:
        keys = [parts.typed(key, 80) for key in changed[:MOST_KEYS]]
        lines.append(pen.say("Changed: {names}", names=pen.texts.listed(keys)))
    if len(changed) > MOST_KEYS:
        lines.append(pen.say("{n} more are not shown.", n=len(changed) - MOST_KEYS))
    if not changed and not waiting:
        lines.append(pen.say("Nothing in them has changed."))
    if broken:
        lines.append(pen.say("Some runbooks have faults; each of them stays as it was last read:"))
        lines += [f"• {parts.typed(fault, 300)}" for fault in broken[:MOST]]
    if len(broken) > MOST:
        lines.append(pen.say("… and {n} more: see `jibungoto check`.", n=len(broken) - MOST))
    if waiting:
        lines.append(pen.say("Changed too, and read at the next start only: {names}", names=pen.texts.listed(waiting)))
    return _message(lines)


def group_not_kept(group: str, reason: str, *, language: Language) -> Message:
    """Why a user group is not those on duty, and what to do."""
    pen = Pen(language, "UTC", rich=False, private=True)
    named = parts.typed(group, 40)
    if "missing_scope" in reason:
        said = pen.say("The user group {group} can't be kept to those on duty: the app lacks the scope "
                       "`usergroups:write`. Add it under OAuth & Permissions and install the app again.",
                       group=named)  # fmt: skip
    else:
        said = pen.say("The user group {group} can't be kept to those on duty: Slack says {reason}. Check its id under "
                       "`[roster]`, and whether apps may change user groups in this workspace.",
                       group=named, reason=parts.typed(reason, 200))  # fmt: skip
    return _message([said])


def _message(lines: list[str]) -> Message:
    text = parts.fitting(lines, parts.SECTION)
    return Message(text=text, blocks=(parts.section(text, "watch"),))
