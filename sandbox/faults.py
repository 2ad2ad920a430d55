"""Fault: a call of the Web API that goes wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("drop_before", "drop_after", "429", "delay")


@dataclass
class Fault:
    """What happens to the next calls of a method; `times` None means until cleared."""

    method: str | None
    kind: str
    times: int | None = 1
    retry_after: int = 1
    delay: float = 0.0
    channel: str | None = None

    def __post_init__(self) -> None:
        known = self.kind in KINDS or self.kind.startswith("error:")
        if not known and not (self.kind.startswith("http_") and self.kind[5:].isdigit()):
            raise ValueError(f"unknown fault {self.kind!r}: one of {', '.join(KINDS)}, http_NNN, error:NAME")


class Faults:
    """The faults that wait for their call, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, method: str | None = None, kind: str = "delay", *, times: int | None = 1, retry_after: int = 1,
            delay: float = 0.0, channel: str | None = None) -> Fault:  # fmt: skip
        """Let the next `times` calls of `method` (any, if None; in `channel` only, if given) fail as `kind`."""
        fault = Fault(method, kind, times, retry_after, delay, channel)
        self._waiting.append(fault)
        return fault

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """What has yet to go wrong."""
        return tuple(self._waiting)

    def clear(self) -> None:
        """All goes well again."""
        self._waiting.clear()

    def take(self, method: str, channel: str) -> Fault | None:
        """The fault for this call, used up once."""
        for fault in self._waiting:
            if fault.method not in (None, method) or fault.channel not in (None, channel):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            return fault
        return None
