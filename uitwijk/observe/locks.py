"""Locks in a file or database backend: who works on a stack, or did and died."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from uitwijk.observe.database import SCHEME, Database, DatabaseError

_SCHEME = "file://"
_ENGINE = "pulumi"


@dataclass(frozen=True)
class Lock:
    """One run that keeps others off a stack."""

    owner: str
    """`user@host`."""
    host: str
    pid: int
    since: datetime

    @property
    def alive(self) -> bool | None:
        """Whether that engine still runs; None: it ran on another machine, and nobody can tell from here."""
        return _is_engine(self.pid) if self.host == socket.gethostname() else None


def find_locks(backend: str, stack: str, folder: Path, environment: Mapping[str, str]) -> tuple[Lock, ...]:
    """The locks on a stack, oldest first; none, if the backend is neither a folder nor a database that can be read.

    Args:
        backend: its URL. The engine's own form: after `file://` may come `~` or a relative path, and a query.
        stack: its whole name.
        folder: of the project, from which a relative path counts.
        environment: where a database's password file is named.
    """
    if backend.startswith(SCHEME):
        try:
            return _known(Database(backend, environment).locks(stack))
        except DatabaseError:
            return ()
    if not backend.startswith(_SCHEME):
        return ()
    path, _, query = backend.removeprefix(_SCHEME).partition("?")
    (prefix,) = parse_qs(query).get("prefix", [""])[-1:]
    root = folder / Path(unquote(path)).expanduser()
    held = Path(f"{root}{os.sep}{prefix}.pulumi") / "locks" / stack
    return _known(filter(None, map(_content, held.glob("*.json"))))


def _known(contents: Iterable[str | bytes]) -> tuple[Lock, ...]:
    return tuple(sorted(filter(None, map(_read, contents)), key=lambda lock: lock.since))


def _content(file: Path) -> bytes | None:
    """None: the run that held it ended meanwhile."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def _read(content: str | bytes) -> Lock | None:
    """None: the run that holds it is about to begin and writes it now."""
    try:
        said: dict[str, Any] = json.loads(content)
        owner = f"{said['username']}@{said['hostname']}"
        return Lock(owner, said["hostname"], int(said["pid"]), datetime.fromisoformat(said["timestamp"]))
    except (ValueError, KeyError, TypeError):
        return None


def _is_engine(pid: int) -> bool:
    """A process id alone may long be another program's, and a killed process that nobody waits for is still listed."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
    except OSError:
        return False
    return name == _ENGINE and rest.split()[0] not in ("Z", "X")
