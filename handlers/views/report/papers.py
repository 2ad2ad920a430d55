"""Papers: the files of a report, and its short form for the thread."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.account import Account, account
from bot.domain.case import Case
from bot.domain.clock_messages import DeadlineSet
from bot.domain.messages import Fact, ReminderCame
from bot.domain.values import Language, UserId, Value, name_of
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.report.markdown import markdown
from handlers.views.report.page import page
from handlers.views.report.picture import picture
from handlers.views.report.questions import questions
from handlers.views.report.raster import png
from handlers.views.report.scribe import Names, Scribe
from handlers.views.report.story import figures, paper, seen
from handlers.views.veil import veiled, veiled_fact


class Papers(Value):
    """The report of a case as files."""

    markdown: str
    html: str
    svg: str
    png: bytes

    def files(self) -> dict[str, bytes]:
        """Each with the name that it has in a folder."""
        return {
            "report.md": self.markdown.encode(),
            "report.html": self.html.encode(),
            "timeline.svg": self.svg.encode(),
            "timeline.png": self.png,
        }


def papers(told: Account, language: Language, zone: str, names: Names | None = None) -> Papers:
    """All of them. Some tenths of a second of work: not for the event loop."""
    pen = Scribe(language, zone, names)
    written, svg = paper(pen, told), picture(pen, told)
    return Papers(markdown=markdown(written), html=page(written, svg), svg=svg, png=png(picture(pen, told, "light")))


class Titles(Value):
    """What the files of a report are called, and what its picture shows for who can't see it."""

    page: str
    text: str
    picture: str
    alt: str


def titles(told: Account) -> Titles:
    """In the case's language."""
    pen = Scribe(told.case.language, told.case.customer_zone)
    name = name_of(told.case.number)
    return Titles(
        page=pen.say("Report of {case} (page)", case=name),
        text=pen.say("Report of {case} (Markdown)", case=name),
        picture=pen.say("Timeline of {case}", case=name),
        alt=seen(pen, told),
    )


def people_in(told: Account) -> tuple[UserId, ...]:
    """Everybody whom the report names, in the order in which they came up."""
    found: list[UserId | None] = [one.person for one in told.present]
    for fact in told.facts:
        for named in (getattr(fact, key, None) for key in ("to", "sender", "owner")):
            found += [UserId(named)] if isinstance(named, str) else named or ()
    found += [one.owner for one in told.owners]
    return tuple(dict.fromkeys(person for person in found if person))


def not_uploaded(short: Message, language: Language, admin: UserId | None, reason: str) -> Message:
    """The report in short where no file may be put, with a sentence for whoever can change that."""
    pen = Scribe(language, "UTC")
    asked = pen.say(
        "The files could not be attached ({reason}). Please add the scope files:write to the app and install it again; "
        "then `report` attaches them.",
        reason=parts.typed(reason, 100),
    )
    said = f"{parts.person(admin)} {asked}" if admin else asked
    return Message(text=parts.fitting([said, *short.text.split("\n")], parts.TEXT),
                   blocks=(*short.blocks, parts.context(said)))  # fmt: skip


def in_short(told: Account, language: Language, zone: str, names: Names | None = None) -> Message:
    """Figures and questions as a message, said with the files or in their place."""
    pen = Scribe(language, zone, names)
    title = pen.say("Report of {case}: {title}", case=name_of(told.case.number),
                    title=parts.typed(told.case.title, 200))  # fmt: skip
    lines = [f"{label}: {value}" for label, value in figures(pen, told)]
    asked = [f"• {parts.typed(question, 600)}" for question in questions(pen, told)]
    heading = [pen.say("Questions for the review"), *asked] if asked else []
    text = parts.fitting([title, *lines, *heading], parts.TEXT)
    blocks = [parts.section(parts.fitting([f"*{title}*", *lines], parts.SECTION))]
    if asked:
        blocks.append(parts.section(parts.fitting([f"*{heading[0]}*", *asked], parts.SECTION)))
    return Message(text=text, blocks=tuple(blocks))


def account_for_thread(case: Case, facts: Sequence[Fact], now: datetime) -> Account:
    """The account as the case's channel may read it: without customer data where outsiders read along."""
    if not case.shared:
        return account(case, facts, now)
    kept = [veiled_fact(case, fact) for fact in facts if not _of_the_customer(fact)]
    whole = account(veiled(case), kept, now)
    return whole.model_copy(update={"clocks": tuple(one for one in whole.clocks if one.clock.name != "deadline")})


def _of_the_customer(fact: Fact) -> bool:
    """Their own time is theirs."""
    return isinstance(fact, DeadlineSet) or (isinstance(fact, ReminderCame) and fact.clock == "deadline")
