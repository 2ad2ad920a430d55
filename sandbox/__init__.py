"""A Slack to try an app in: a look-alike spoken to over HTTP and WebSocket, which refuses what Slack refuses."""

from .errors import AppFailed, SlackError, SlackRefusal
from .faults import Fault
from .hooks import Hooks
from .messages import Message
from .people import Actor, Interaction, SlashReply
from .slack import Sandbox
from .state import Call
from .story import Story
from .world import Channel, Person, World

__all__ = [
    "Actor",
    "AppFailed",
    "Call",
    "Channel",
    "Fault",
    "Hooks",
    "Interaction",
    "Message",
    "Person",
    "Sandbox",
    "SlackError",
    "SlackRefusal",
    "SlashReply",
    "Story",
    "World",
]
