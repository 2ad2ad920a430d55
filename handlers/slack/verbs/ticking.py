"""Ticking: the first checks that are done, and the people who were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.messages import TickOff
from bot.domain.text import fold, plain
from handlers.slack.replies import Reply
from handlers.views import checklist

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_BACK = ("undo", "not yet", "取消", "取り消し", "未")


async def tick(room: Commands, asked: Asked) -> Reply:
    """Tick one off; `undo` after its name takes that back; alone, show the list."""
    case, speaker = await room.case(asked), asked.said.speaker
    words = plain(asked.rest).strip()
    if not words:
        return checklist.listing(case, language=speaker.language, zone=speaker.zone)
    back = next((mark for mark in _BACK if fold(words).endswith(f" {mark}")), None)
    item = words[: -len(back)].strip() if back else words
    return await room.do(TickOff, asked, case, item=item, done=back is None)
