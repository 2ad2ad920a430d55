"""Gate: whether a request is Slack's own, now, and for the first time. Everything else is told 401 before any work.

Slack signs `v0:timestamp:body` with the app's signing secret, over the body's raw bytes:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256

OLDEST = 300
"""Seconds that a timestamp may differ from our clock: the five minutes of Slack's own page."""
MOST = 20_000
"""Ours: signatures remembered, some 3 MB. Slack sends at most 30,000 events an hour for a workspace
(https://docs.slack.dev/apis/events-api/#rate-limiting), so 5,000 in the ten minutes one can be remembered."""
_RETRIES = frozenset({"1", "2", "3"})
"""Slack sends an event again three times at most (same page, Retries), saying so in a header."""


class Gate:
    """Knows the signing secret, and the signatures that came in. `now` is the machine's clock, in Unix seconds.

    What is remembered is lost with the process: a request replayed to the next one within its five minutes is signed
    rightly and passes; that it changes nothing twice is promised by its delivery id in the database.
    """

    def __init__(self, secret: str, now: Callable[[], float], *, most: int = MOST) -> None:
        self._secret = secret.encode()
        self._now = now
        self._most = most
        self._seen: OrderedDict[tuple[bytes, str], float] = OrderedDict()

    def __len__(self) -> int:
        """How many signatures are remembered."""
        return len(self._seen)

    def hopeless(self, headers: Mapping[str, str]) -> bool:
        """Whether no body could make this request right: its headers are missing, misshapen or too old."""
        return _digest(headers) is None or self._moment(headers) is None

    def admits(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether Slack sent exactly this, lately, and it was not admitted before. Takes as long for any signature."""
        digest, moment = _digest(headers), self._moment(headers)
        if digest is None or moment is None:
            return False
        right = hmac.new(self._secret, b"v0:%d:" % moment + body, sha256).digest()
        if not hmac.compare_digest(right, digest):
            return False
        key = (digest, _retry(headers, body))
        if key in self._seen:
            return False
        self._remember(key, moment + OLDEST)
        return True

    def forget(self, headers: Mapping[str, str], body: bytes) -> None:
        """It came to nothing: the same may come again."""
        digest = _digest(headers)
        if digest is not None:
            self._seen.pop((digest, _retry(headers, body)), None)

    def _remember(self, key: tuple[bytes, str], until: float) -> None:
        now = self._now()
        while self._seen and (len(self._seen) >= self._most or next(iter(self._seen.values())) < now):
            self._seen.popitem(last=False)
        self._seen[key] = until

    def _moment(self, headers: Mapping[str, str]) -> int | None:
        """The signed second, where it is one and near enough."""
        said = headers.get("X-Slack-Request-Timestamp", "")
        if not (said.isascii() and said.isdecimal() and len(said) <= 12):
            return None
        return int(said) if abs(self._now() - int(said)) <= OLDEST else None


def _digest(headers: Mapping[str, str]) -> bytes | None:
    """The signature's 32 bytes, where it has the form of one."""
    version, _, digits = headers.get("X-Slack-Signature", "").partition("=")
    if version != "v0" or len(digits) != 64:
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def _retry(headers: Mapping[str, str], body: bytes) -> str:
    """Which of Slack's own repetitions this is. The first follows almost at once, so it may be signed in the same
    second as what it repeats; only events, which are JSON, are repeated. The header itself is not signed."""
    said = headers.get("X-Slack-Retry-Num", "")
    return said if said in _RETRIES and body.startswith(b"{") else ""
