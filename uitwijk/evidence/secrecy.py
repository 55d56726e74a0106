"""Keeps secrets out of evidence, in the clear and in the encodings that logs show them in."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from uitwijk.files import write_atomically

MASK = "[secret]"
_SHORTEST = 4
_Value = TypeVar("_Value")


class Scrubber:
    """Replaces forbidden texts by `[secret]`."""

    def __init__(self) -> None:
        self._forbidden: tuple[str, ...] = ()

    def forbid(self, secrets: Iterable[str]) -> None:
        """Add `secrets`; empty ones are ignored.

        Raises:
            ValueError: a secret of fewer than 4 characters, which would mask ordinary text.
        """
        given = {secret.strip() for secret in secrets} - {""}
        if any(len(secret) < _SHORTEST for secret in given):
            raise ValueError(f"a secret has fewer than {_SHORTEST} characters; it would mask ordinary text")
        forms = {form for secret in given for form in _forms(secret)}
        # The longest first: a secret that contains another one is masked whole.
        self._forbidden = tuple(sorted(forms | {*self._forbidden}, key=lambda form: (-len(form), form)))

    def scrub(self, text: str) -> str:
        """`text` without what is forbidden."""
        for form in self._forbidden:
            text = text.replace(form, MASK)
        return text

    def scrub_all(self, value: _Value) -> _Value:
        """`value`, a piece of evidence or plain data, without what is forbidden in any of its texts."""
        scrubbed: _Value = self._scrubbed(value)
        return scrubbed

    def _scrubbed(self, value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Enum):
            return self.scrub(value)
        if isinstance(value, BaseModel):
            return value.model_copy(update={name: self._scrubbed(item) for name, item in value})
        if isinstance(value, Mapping):
            return {self._scrubbed(key): self._scrubbed(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self._scrubbed, value))
        return value

    def scrub_file(self, path: Path) -> None:
        """Rewrite the file at `path` if it holds anything forbidden; bytes that are no text stay as they are."""
        text = path.read_bytes().decode(errors="surrogateescape")
        scrubbed = self.scrub(text)
        if scrubbed != text:
            write_atomically(path, scrubbed.encode(errors="surrogateescape"))


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="")
    yield from _base64_forms(secret.encode())


def _base64_forms(secret: bytes) -> Iterator[str]:
    """How base64 shows `secret` inside a longer text (guest data is encoded so), at each of the three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret).decode().rstrip("=")
        first = (shift * 8 + 5) // 6
        last = (shift + len(secret)) * 8 // 6
        if last - first >= 8:
            yield encoded[first:last]
