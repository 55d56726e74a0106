"""What programs of the guests say through syslog: kept in a file each, and the latest in memory."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"<(\d+)>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?(.*)", re.DOTALL)
_ERROR = 3
"""Severity of syslog: this, or lower, is an error."""
_WORDS = 4
_LENGTH = 600


@dataclass(frozen=True)
class _Line:
    severity: int
    text: str


class Log:
    """What one guest says.

    Args:
        file: gets every line.
    """

    def __init__(self, file: Path) -> None:
        self.reading = threading.Lock()
        """Held by whoever reads and takes, so that nothing is under way when another has it."""
        self._file = file
        self._lines: deque[_Line] = deque(maxlen=200)

    def take(self, message: bytes) -> None:
        """A message in the form that syslog(3) gives it."""
        found = _ENTRY.match(message.decode(errors="replace").rstrip("\0\n"))
        if found is not None:
            self._lines.append(_Line(int(found[1]) & 7, found[2]))
            with self._file.open("a", encoding="utf-8") as output:
                output.write(f"{found[2]}\n")

    def clear(self) -> None:
        """Forgets what was said until now; the file keeps it."""
        self._lines.clear()

    def errors(self) -> list[str]:
        """The errors among the latest lines."""
        return [line.text for line in list(self._lines) if line.severity <= _ERROR]


class Journal:
    """Reads the sockets of all guests."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        # A selector without anything in it would not wait.
        self._woken, self._wakes = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        threading.Thread(target=self._run, name="journal", daemon=True).start()

    def follow(self, source: socket.socket, log: Log) -> None:
        """Passes on to `log` what comes in at `source`."""
        self._selector.register(source, selectors.EVENT_READ, log)

    def leave(self, source: socket.socket) -> None:
        """Takes what has come in still, and closes the socket."""
        log = self._selector.unregister(source).data
        self._read(source, log)
        source.close()

    @staticmethod
    def drain(source: socket.socket, log: Log) -> None:
        """Takes what has come in until now."""
        Journal._read(source, log)

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if isinstance(key.data, Log) and isinstance(key.fileobj, socket.socket):
                    self._read(key.fileobj, key.data)

    @staticmethod
    def _read(source: socket.socket, log: Log) -> None:
        with log.reading, contextlib.suppress(OSError):
            while message := source.recv(8192):
                log.take(message)


def last_words(lines: Iterable[str]) -> str:
    """The end of what was said, in one line that is short enough to be shown."""
    said = [" ".join(line.split()) for line in lines if line.strip()]
    text = " / ".join(dict.fromkeys(said[-_WORDS:]))
    return text if len(text) <= _LENGTH else f"… {text[-_LENGTH:]}"
