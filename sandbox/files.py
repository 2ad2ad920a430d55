"""Files: what the app uploads. Bytes go to an address of their own first, and stand nowhere until they are shared."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from mimetypes import guess_type
from typing import Any

from pydantic import Base64Bytes

Json = dict[str, Any]


@dataclass(frozen=True)
class File:
    """An uploaded file; `content` is None until its bytes have come."""

    id: str
    name: str
    length: int
    user: str
    at: datetime
    alt: str = ""
    title: str = ""
    content: Base64Bytes | None = None

    @property
    def mimetype(self) -> str:
        """What its name says it is."""
        return guess_type(self.name)[0] or "application/octet-stream"

    def as_json(self, url: str) -> Json:
        """The file object. D:reference/objects/file-object"""
        address = f"{url}/page/file/{self.id}"
        return {
            "id": self.id,
            "created": int(self.at.timestamp()),
            "timestamp": int(self.at.timestamp()),
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2],
            "user": self.user,
            "mode": "hosted",
            "size": self.length,
            "url_private": address,
            "url_private_download": address,
            "alt_txt": self.alt,
        }


class Files:
    """Every file, and the addresses at which bytes are still awaited."""

    def __init__(self) -> None:
        self.all: dict[str, File] = {}
        self.awaited: dict[str, str] = {}

    def receive(self, secret: str, content: bytes) -> int:
        """The bytes came; returns the HTTP status that says whether they were awaited."""
        file = self.all.get(self.awaited.get(secret, ""))
        if file is None:
            return 404
        if len(content) != file.length:
            return 400
        del self.awaited[secret]
        self.all[file.id] = replace(file, content=content)
        return 200

    def expect(self, name: str, length: int, user: str, at: datetime, alt: str) -> tuple[str, File]:
        """A file to come; returns the secret of its address with it."""
        file = File(f"F{secrets.token_hex(5).upper()}", name, length, user, at, alt)
        self.all[file.id] = file
        secret = secrets.token_urlsafe(24)
        self.awaited[secret] = file.id
        return secret, file
