"""World: the workspace as it stands before anyone acts: its people and channels."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """One account: a person, a guest, somebody of another company, or another bot."""

    id: str
    name: str
    real_name: str
    tz: str = "Asia/Tokyo"
    locale: str | None = "ja-JP"
    team_id: str | None = None  # None: of the home team
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    bot_id: str | None = None
    title: str = ""  # what their profile says they do

    @property
    def is_bot(self) -> bool:
        """Whether a program speaks with this account."""
        return self.bot_id is not None


@dataclass(frozen=True)
class Channel:
    """One conversation: a public or private channel, shared or not, or a direct message with the bot."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    has_bot: bool = True
    members: tuple[str, ...] | None = None  # None: everyone active of the home team
    is_im: bool = False
    user: str | None = None  # whom a direct message is with

    @property
    def kind(self) -> str:
        """The `channel_type` Slack writes into message events."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"


@dataclass(frozen=True)
class UserGroup:
    """A user group: people who are mentioned together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """A team, its people, its channels and the identity of the installed bot."""

    team_id: str = "T0JIBUN"
    team_name: str = "Jibungoto Sandbox"
    domain: str = "jibungoto-sandbox"
    app_id: str = "A00APP"
    bot_user_id: str = "U00BOT"
    bot_id: str = "B00BOT"
    people: tuple[Person, ...] = field(default=())
    channels: tuple[Channel, ...] = field(default=())
    usergroups: tuple[UserGroup, ...] = field(default=())

    @classmethod
    def default(cls) -> World:
        """A Japanese and an Irish team with a guest, a partner company, a leaver and another bot."""
        return cls(people=_PEOPLE, channels=_CHANNELS, usergroups=_USERGROUPS)


_PEOPLE = (
    Person("U01YUKI", "yuki", "佐藤 有希", title="サポート・案件担当"),
    Person("U02BOB", "bob", "Bob Walsh", tz="Europe/Dublin", locale="en-GB", title="Network engineer, Dublin"),
    Person("U03HANA", "hana", "鈴木 花", title="サポート・バックアップ"),
    Person("U04KEN", "ken", "田中 健", title="プラットフォームエンジニア"),
    Person("U05MEI", "mei", "陳 美玲", title="ネットワークセキュリティ"),
    Person("U06ALEX", "alex", "Alex Rivera", tz="America/Los_Angeles", locale="en-US", title="Support engineer, LA"),
    Person("U07NAOKO", "naoko", "山本 直子", title="シフトリード"),
    Person("U08GUEST", "gita", "Gita Guest", locale="en-US", is_restricted=True, title="Guest"),
    Person("U09PARTNER", "pat", "Pat Partner", locale=None, team_id="T0PARTNER", title="Another company"),
    Person("U10GONE", "gone", "退職 済", deleted=True),
    Person("U11RELAY", "relay", "Relay", locale="en-US", bot_id="B0RELAY"),
)
_TEAM = tuple(p.id for p in _PEOPLE if p.team_id is None and not p.deleted)
_CHANNELS = (
    Channel("C01SEVJA", "sev-a", members=_TEAM),
    Channel("C02SEVEN", "sev-a-global", members=_TEAM),
    Channel("C03SHARED", "sev-a-partner", is_ext_shared=True, members=(*_TEAM, "U09PARTNER")),
    Channel("C04OLD", "sev-a-2019", is_archived=True, members=_TEAM),
    Channel("C05NOBOT", "somewhere-else", has_bot=False, members=_TEAM),
    Channel("C06RANDOM", "random", members=_TEAM),
)
_USERGROUPS = (
    UserGroup("S01DUTY", "duty", "On duty", users=("U07NAOKO",)),
    UserGroup("S02TOKYO", "duty-tokyo", "On duty in Tokyo", users=("U07NAOKO",)),
)
