"""Credentials: how secrets come in. From the environment, or from files that only we can read; never from the TOML."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 4096
"""Bytes of a secret's file, ours: more is another file by mistake."""
_TOKEN = re.compile(r"^(?:xox[a-z](?:\.xox[a-z])?|xapp)-")
_OTHER_NAMES = frozenset({"token", "bot_token", "app_token", "signing_secret", "client_secret", "slack_token"})


class Unusable(Exception):
    """A file can't serve as a secret; the message says why and what to do."""


def from_files(given: Mapping[str, str], names: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """The secrets that files hold, for every `NAME_FILE` that is set, and what is wrong with the others."""
    found: dict[str, str] = {}
    faults: list[str] = []
    for name in sorted(names):
        path = given.get(f"{name}_file", "")
        if not path:
            continue
        variable = name.upper()
        if given.get(name):
            faults.append(f"environment: {variable}_FILE: {variable} is set too: keep one of them")
            continue
        try:
            found[name] = read_secret(path)
        except Unusable as fault:
            faults.append(f"environment: {variable}_FILE: {fault}")
    return found, faults


def read_secret(path: str) -> str:
    """The one line of a file that nobody but its owner can read. Raises Unusable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise Unusable(f"{path} can't be read: {error.strerror}") from None
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise Unusable(f"{path} is no file")
        if os.name == "posix" and about.st_mode & 0o077:
            raise Unusable(f"{path} can be read by others (mode {stat.S_IMODE(about.st_mode):04o}): chmod 600 {path}")
        held = os.read(descriptor, LONGEST + 1)
    finally:
        os.close(descriptor)
    if len(held) > LONGEST:
        raise Unusable(f"{path} is longer than {LONGEST} bytes: expected the secret and nothing else")
    try:
        secret = held.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Unusable(f"{path} is no text: expected the secret and nothing else") from None
    if not secret or "\n" in secret:
        raise Unusable(f"{path} {'has several lines' if secret else 'is empty'}: expected the secret and nothing else")
    return secret


def misplaced(given: Any, names: frozenset[str], where: str = "") -> Iterator[tuple[str, str, str]]:
    """Secrets in the configuration file: the key, the sentence without the secret, and the secret itself."""
    short = {name.removeprefix("slack_").removeprefix("jibungoto_"): name for name in names}
    for key, value in _items(given):
        place = f"{where}.{key}" if where else str(key)
        if isinstance(value, str) and value:
            name = short.get(str(key).lower().removeprefix("slack_").removeprefix("jibungoto_"))
            if name or str(key).lower() in _OTHER_NAMES or _TOKEN.match(value):
                variable = (name or _variable(value)).upper()
                yield (
                    place,
                    (
                        f"a secret does not belong in this file: take it out, and set {variable} or {variable}_FILE; "
                        "if others could read the file, make a new one"
                    ),
                    value,
                )
        else:
            yield from misplaced(value, names, place)


def _variable(value: str) -> str:
    return "slack_app_token" if value.startswith("xapp-") else "slack_bot_token"


def _items(given: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(given, dict):
        yield from given.items()
    elif isinstance(given, list):
        yield from enumerate(given)
