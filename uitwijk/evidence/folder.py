"""The folder of an exercise's evidence: `report.json`, `events.jsonl` and logs, always on disk, never with a secret.

Each piece is on disk before the next action starts, so that Ctrl-C or a crash loses nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.event import EVENTS, Event
from uitwijk.evidence.piece import as_written
from uitwijk.evidence.report import REPORT, Report
from uitwijk.evidence.seal import BEGINNING, chain_anew, digest, seal
from uitwijk.evidence.secrecy import Scrubber
from uitwijk.files import write_atomically

_Value = TypeVar("_Value")


class EvidenceFolder:
    """Keeps what is recorded.

    Args:
        directory: is created; must be empty if it exists.
        report: what is known at the beginning.
        clock: the current moment, with a time zone.

    Raises:
        UitwijkError: `directory` holds something already, or cannot be made.
    """

    def __init__(self, directory: Path, report: Report, clock: Callable[[], datetime]) -> None:
        _make_empty(directory)
        self.directory = directory
        self.report = report
        """All that was recorded up to now, without secrets."""
        self._clock = clock
        self._origin = f"uitwijk@{socket.gethostname()}"
        self._lock = threading.RLock()
        self._scrubber = Scrubber()
        self._last_event = BEGINNING
        self._sealed = False

    def now(self) -> datetime:
        """The current moment, as the evidence keeps it."""
        return as_written(self._clock())

    def event(self, action: str, on: str, result: str, origin: str | None = None, at: datetime | None = None) -> None:
        """Append one line to `events.jsonl`; it is on disk when this returns. After the exercise nothing is added.

        Args:
            action: what was done, a verb phrase.
            on: the object of the action.
            result: what came of it, one line.
            origin: where it was done from; this command on this machine by default.
            at: when it was done; now by default.
        """
        with self._lock:
            if self._sealed:
                return
            event = Event(
                action=action,
                object=on,
                result=result,
                origin=origin or self._origin,
                actor=self.report.actor,
                time=at or self.now(),
                previous=BEGINNING,
            )
            text = self.scrubbed(event).model_copy(update={"previous": self._last_event}).line()
            with (self.directory / EVENTS).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
            self._last_event = digest(text.encode())

    def log_file(self, name: str) -> Path:
        """Where a log of this name belongs. Every log is scrubbed of secrets when the exercise ends."""
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no file name")
        logs = self.directory / "logs"
        logs.mkdir(exist_ok=True)
        return logs / name

    def forbid(self, secrets: Iterable[str]) -> None:
        """Replace these texts by `[secret]` in all evidence, also in what has been written.

        Raises:
            ValueError: a secret of fewer than 4 characters, which would mask ordinary text.
        """
        with self._lock:
            self._scrubber.forbid(secrets)
            self.report = self.scrubbed(self.report)
            self.scrub_file(self.directory / EVENTS)
            self._last_event = chain_anew(self.directory / EVENTS)
            self.save()

    def scrub_file(self, path: Path) -> None:
        """Replace every forbidden text in the file at `path` by `[secret]`."""
        self._scrubber.scrub_file(path)

    def scrubbed(self, value: _Value) -> _Value:
        """A piece of evidence, or plain data, without secrets."""
        return self._scrubber.scrub_all(value)

    def save(self) -> None:
        """Rewrite `report.json`, whole or not at all."""
        with self._lock:
            write_atomically(self.directory / REPORT, self.report.text())

    def _seal(self) -> None:
        """Scrub the logs, save, and let nothing be added any more."""
        for log in sorted((self.directory / "logs").rglob("*")):
            if log.is_file():
                self.scrub_file(log)
        self.save()
        seal(self.directory)
        self._sealed = True


def _make_empty(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        holds = any(directory.iterdir())
    except OSError as error:
        raise UitwijkError(f"{directory}: no folder for evidence can be made there: {error.strerror}") from error
    if holds:
        raise UitwijkError(f"{directory} holds files already, and evidence is never overwritten: name a new folder")
