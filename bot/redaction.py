"""Redaction: no secret, and no word that people typed, leaves in a log, an error or a crash report.

Two nets: what we know to be secret is struck out wherever it stands, in the forms it may take; and what has the shape
of Slack's secrets is struck out even where nobody told us. The known ones are kept for the process, as logging is.
"""

import json
import re
import traceback
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

STRUCK = "[redacted]"
SHORTEST = 8
"""Ours: a shorter secret is no secret, and striking it out would strike out words."""
# https://docs.slack.dev/authentication/tokens: xoxb-, xoxp-, xoxe.xoxb-, xapp-…; incoming webhooks and response URLs
# carry their secret in the path.
_SHAPES = re.compile(
    r"\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]+|\bxapp-[A-Za-z0-9-]+|https://hooks\.slack\.com/[^\s\"'<>]+"
    r"|(?<=[?&]ticket=)[^\s&\"'<>]+|(?<=Bearer )[^\s\"'<>]+"
)
_known: set[str] = set()


def keep_quiet(secrets: Iterable[str]) -> None:
    """Strike these out from now on, also as they stand in an address, in JSON or in a `repr`."""
    for secret in secrets:
        forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
        if "://" in secret:  # an error may name the address without its scheme, or its path alone
            address = urlsplit(secret)
            forms |= {f"{address.netloc}{address.path}", f"{address.path}?{address.query}", address.path, address.query}
        _known.update(form for form in forms | {repr(secret)[1:-1]} if len(form) >= SHORTEST)


def redacted(text: str) -> str:
    """The text with every secret struck out."""
    for secret in sorted(_known, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, STRUCK)
    return _SHAPES.sub(STRUCK, text)


# ---------------------------------------------------------------- errors

_SPEAKING = frozenset({"bot", "storage", "sandbox", "sqlite3", "pysqlite3", "aiohttp", "structlog", "asyncio", "ssl"})
"""Packages whose errors say what failed and not on which words. Refusals are ours, and quote: `_speaks` knows."""
_BUILT_IN = (
    OSError, TypeError, AttributeError, NameError, ImportError, IndexError, ArithmeticError, MemoryError, RuntimeError,
)  # fmt: skip
"""Built-in errors that speak of code; a ValueError or a KeyError likes to quote what it was given."""


def named(error: BaseException) -> str:
    """The error's kind, and its message where that can't hold what people typed."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    answer = getattr(getattr(error, "response", None), "data", None)
    if isinstance(answer, dict):  # SlackApiError prints the whole answer
        return f"{name}: {answer.get('error')}"
    if not str(error):
        return name
    return f"{name}: {error}" if _speaks(kind) else f"{name} (message withheld: it may quote what people typed)"


def _speaks(kind: type[BaseException]) -> bool:
    package, _, rest = kind.__module__.partition(".")
    if package == "builtins":
        return issubclass(kind, _BUILT_IN)
    return package in _SPEAKING and not rest.startswith("domain.")


def crash_report(error: BaseException) -> str:
    """Where it happened, what led to it, and no value of any variable."""
    chain: list[str] = []
    told: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in told:
        told.add(id(now))
        chain.append(_one(now))
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return redacted("\n\nwhich led to:\n\n".join(reversed(chain)))


def _one(error: BaseException) -> str:
    lines = ["Traceback (most recent call last):", *"".join(traceback.format_tb(error.__traceback__)).splitlines()]
    lines.append(named(error))
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  | {line}" for one in error.exceptions for line in crash_report(one).splitlines()]
    return "\n".join(lines)
