"""Part: what stands around the messages and changes with the workspace: plain values, drawn only when they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.marks import Marks
from sandbox.story import Words
from sandbox.world import Channel, Person

from .place import Place, address
from .unread import Standing, standing

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

Json = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """An entry of the sidebar."""

    name: str
    path: str
    here: bool
    standing: Standing
    is_private: bool = False
    is_shared: bool = False
    channel: str = ""


@dataclass(frozen=True)
class Sidebar:
    """The channels of a person and the app."""

    team: str
    channels: tuple[Door, ...]
    app: Door


@dataclass(frozen=True)
class Face:
    """Somebody to act as, with what waits for them."""

    id: str
    name: str
    title: str
    zone: str
    path: str
    calls: int
    here: bool
    is_guest: bool
    is_external: bool
    color: int


@dataclass(frozen=True)
class Staged:
    """One story and how far it is."""

    name: str
    title: Words
    position: int
    total: int
    is_playing: bool
    trouble: str


@dataclass(frozen=True)
class Troubles:
    """What goes wrong on purpose at this moment."""

    is_down: bool
    limited: int
    dropped: bool
    twice: bool
    connections: int
    over_http: bool

    @property
    def any(self) -> bool:
        """Whether there is something to take back."""
        return bool(self.is_down or self.limited or self.dropped or self.twice)


def color(user: str) -> int:
    """The colour of somebody's picture."""
    return sum(map(ord, user)) % 8


def sidebar(slack: Sandbox, marks: Marks, place: Place) -> Sidebar:
    """As this person sees it; archived channels are not listed, as in Slack."""
    state, user = slack.state, place.user
    mine = [c for c in state.channels.values() if not (c.is_im or c.is_archived) and user in state.members[c.id]]
    dm = state.dm(user)
    app = Door(slack.app.name, address(user, "home" if slack.app.home_tab else "dm"), place.kind in ("dm", "home"),
               standing(state, marks, user, dm.id), channel=dm.id)  # fmt: skip
    return Sidebar(slack.world.team_name, tuple(_door(slack, marks, place, channel) for channel in mine), app)


def _door(slack: Sandbox, marks: Marks, place: Place, channel: Channel) -> Door:
    here = place.kind == "channel" and place.channel == channel.id
    stands = standing(slack.state, marks, place.user, channel.id)
    return Door(channel.name, address(place.user, channel.id), here, stands, channel.is_private,
                channel.is_ext_shared, channel.id)  # fmt: skip


def faces(slack: Sandbox, marks: Marks, place: Place | None) -> tuple[Face, ...]:
    """Everybody who can be acted as; those in the same channel keep it."""
    people = (p for p in slack.state.people.values() if not (p.is_bot or p.deleted))
    return tuple(_face(slack, marks, place, person) for person in people)


def _face(slack: Sandbox, marks: Marks, place: Place | None, person: Person) -> Face:
    state = slack.state
    mine = [c for c in state.channels if person.id in state.members[c]]
    calls = sum(standing(state, marks, person.id, channel).calls for channel in mine)
    return Face(
        id=person.id,
        name=person.real_name,
        title=person.title,
        zone=person.tz,
        path=_same_place(slack, place, person.id),
        calls=calls,
        here=place is not None and place.user == person.id,
        is_guest=person.is_restricted or person.is_ultra_restricted,
        is_external=state.is_external(person.id),
        color=color(person.id),
    )


def _same_place(slack: Sandbox, place: Place | None, user: str) -> str:
    state = slack.state
    if place is not None and place.kind != "channel" and place.user != user:
        return address(user, place.kind)
    if place is not None and user in state.members.get(place.channel, ()):
        return address(user, place.channel, place.thread) if place.kind == "channel" else place.path
    mine = (c.id for c in state.channels.values() if user in state.members[c.id] and not (c.is_im or c.is_archived))
    return address(user, next(mine, ""))


def staged(slack: Sandbox) -> Staged | None:
    """The story that is on."""
    show = slack.show
    if show.player is None or show.name is None:
        return None
    story = show.player.story
    return Staged(show.name, story.title, show.player.position, len(story.steps), show.is_playing, show.trouble)


def troubles(slack: Sandbox) -> Troubles:
    """What was set to go wrong and has not yet."""
    waiting = slack.faults.waiting
    return Troubles(
        is_down=slack.is_down,
        limited=sum(fault.times or 0 for fault in waiting if fault.kind == "429"),
        dropped=any(fault.kind.startswith("drop") for fault in waiting),
        twice=slack.inbound.duplicates,
        connections=slack.sockets.count,
        over_http=slack.request_url is not None,
    )
