"""What is refused, and in which words.

Refusal
├── CaseRefusal       the case is not there, or not in a state for this
│   └── KinRefusal        these cases can't be parent and child
├── AreaRefusal       about isolation areas, claims and findings
├── PromiseRefusal    about contacts and next contacts
├── ClockRefusal      about pauses, terms, vendors and deadlines
├── HandoffRefusal    about giving the case over
├── CheckRefusal      about risky steps and who confirms them
├── RunbookRefusal    about runbooks and their steps
├── TaskRefusal       about asking a colleague for a part of it
├── PersonRefusal     about who is asking
└── WordsRefusal      what was typed can't be read
NothingSaved          the store could not keep the change; nobody's fault who typed

They stand in `refusals/`, a file for each noun, and are imported from here.
The docstring of a class is its sentence: it names the rule and what to do. `{…}` are fields of `about`.
Views translate the sentence and render the fields: instants as dates, people as names, typed text escaped.
"""

from bot.domain.refusals.areas import *
from bot.domain.refusals.base import *
from bot.domain.refusals.cases import *
from bot.domain.refusals.checks import *
from bot.domain.refusals.clocks import *
from bot.domain.refusals.handoffs import *
from bot.domain.refusals.kin import *
from bot.domain.refusals.people import *
from bot.domain.refusals.promises import *
from bot.domain.refusals.runbooks import *
from bot.domain.refusals.tasks import *
from bot.domain.refusals.words import *


class NothingSaved(Exception):
    """Nothing was saved: the database can't be written right now. Please try again; your administrator sees why."""
