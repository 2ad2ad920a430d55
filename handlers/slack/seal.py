"""Seal: what a modal remembers goes to Slack and comes back by a person's hands, so it is signed.

`private_metadata` begins with a signature over the form's verb, its person and the words. It says where the form
was opened and for which case; whether that person may do it is judged anew. Who changes it, sends it under another
verb or from another account is refused. Forms stay good for as long as the bot token: there is no date in them.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

from pydantic import ValidationError

from bot.domain.errors import StaleForm
from bot.domain.values import UserId
from handlers.slack.replies import Meta

View = dict[str, Any]
LENGTH = 32
"""Characters of base64: 192 bits of HMAC-SHA256 (RFC 2104 asks for half of the hash at least)."""


class Seal:
    """Signs and reads private_metadata. The key is derived from a secret that is there anyway, and from it alone."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"jibungoto private_metadata", "sha256")

    def signed(self, view: View, user: UserId) -> View:
        """The modal for this person, its metadata signed. One that remembers nothing stays as it is."""
        words = view.get("private_metadata")
        if not words:
            return view
        return view | {"private_metadata": f"{self._signature(view['callback_id'], user, words)}{words}"}

    def read(self, signed: str, *, callback: str, user: UserId) -> Meta:
        """What the modal remembers. Raises StaleForm where that is not what we wrote for this verb and person."""
        signature, words = signed[:LENGTH], signed[LENGTH:]
        if not hmac.compare_digest(signature.encode(), self._signature(callback, user, words).encode()):
            raise StaleForm()
        try:
            return Meta.model_validate_json(words)
        except ValidationError:
            raise StaleForm() from None  # written by an older version of ours

    def _signature(self, callback: str, user: UserId, words: str) -> str:
        said = "\0".join((callback, user, words)).encode()
        return urlsafe_b64encode(hmac.digest(self._key, said, hashlib.sha256)).decode()[:LENGTH]
