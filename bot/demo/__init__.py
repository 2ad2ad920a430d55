"""Demo: the bot in the sandbox, playing a story in time-lapse. Part of the command line."""

from bot.demo.playing import play, stories
from sandbox.keeping import NotKept

__all__ = ["NotKept", "play", "stories"]
