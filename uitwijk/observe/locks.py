"""Locks in a file backend: who works on a stack, or did and died."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote

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


def find_locks(backend: str, stack: str, folder: Path) -> tuple[Lock, ...]:
    """The locks on a stack, oldest first; none, if the backend is not a folder.

    Args:
        backend: its URL. The engine's own form: after `file://` may come `~` or a relative path, and a query.
        stack: its whole name.
        folder: of the project, from which a relative path counts.
    """
    if not backend.startswith(_SCHEME):
        return ()
    path, _, query = backend.removeprefix(_SCHEME).partition("?")
    (prefix,) = parse_qs(query).get("prefix", [""])[-1:]
    root = folder / Path(unquote(path)).expanduser()
    held = Path(f"{root}{os.sep}{prefix}.pulumi") / "locks" / stack
    return tuple(sorted(filter(None, map(_read, held.glob("*.json"))), key=lambda lock: lock.since))


def _read(file: Path) -> Lock | None:
    """None: the run that held it ended meanwhile, or is about to begin and writes it now."""
    try:
        said = json.loads(file.read_bytes())
        owner = f"{said['username']}@{said['hostname']}"
        return Lock(owner, said["hostname"], int(said["pid"]), datetime.fromisoformat(said["timestamp"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_engine(pid: int) -> bool:
    """A process id alone may long be another program's, and a killed process that nobody waits for is still listed."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
    except OSError:
        return False
    return name == _ENGINE and rest.split()[0] not in ("Z", "X")
