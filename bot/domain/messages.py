"""What people ask for, what happened, and who must be told: commands, facts and notices, all to be imported from here.

Commands are imperatives, facts past tense. A fact is never edited; a notice carries the fact that caused it.
"""

from bot.domain.check_messages import *
from bot.domain.clock import ClockName as ClockName
from bot.domain.commands import *
from bot.domain.facts import *
from bot.domain.message import CaseCommand as CaseCommand
from bot.domain.message import Command as Command
from bot.domain.message import FactBase as FactBase
from bot.domain.message import NextStep as NextStep
from bot.domain.message import Stamp as Stamp
from bot.domain.notice import *
