"""Logs: one line an event, for a person's console or as JSON for a collector. No secret, no text that people typed."""

import asyncio
import logging
import sys
import threading
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog

from bot.redaction import crash_report, named, redacted

log = logging.getLogger(__name__)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """The last hand on every line."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _Careful(logging.Filter):
    """Libraries log an error's message in their own sentence as well: there it is replaced by the error's name."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and str(error):
            said = record.getMessage()
            quoted = [words for words in (repr(error), str(error)) if words in said]
            if quoted:
                record.msg, record.args = said.replace(quoted[0], named(error)), None
        return True


def _report(exc_info: Any) -> str:
    return crash_report(exc_info[1])


def configure_logs(form: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Send every log, ours and the libraries', to stderr (or `stream`) in one form."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        # Its own tracebacks would print the variables of every frame.
        else structlog.dev.ConsoleRenderer(
            colors=stream is None and sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Careful())
    final: list[structlog.types.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.ExceptionRenderer(_report),
    ]
    handler.setFormatter(_Redacting(foreign_pre_chain=shared, processors=[*final, last]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # At DEBUG the SDK prints request parameters and message texts (slack_sdk web/async_internal_utils.py).
    for name in ("slack_sdk", "slack_bolt", "aiohttp"):
        logging.getLogger(name).setLevel(logging.WARNING)


# ---------------------------------------------------------------- what nobody caught


def guard() -> None:
    """Let every error that nobody caught be told by its crash report, on stderr."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: tell(told.exc_value)
    sys.unraisablehook = lambda told: tell(told.exc_value)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    tell(error)


def tell(error: BaseException | None) -> None:
    """Write the crash report to stderr."""
    if error is not None:
        sys.stderr.write(crash_report(error) + "\n")


def unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: asyncio's own prints the task with its error's message."""
    log.error("%s", context.get("message", "an error in the event loop"), exc_info=context.get("exception"))
