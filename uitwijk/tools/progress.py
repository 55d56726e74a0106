"""One line that tells what is being done and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO


class Progress:
    """Shows the state of one step at a time.

    On a terminal the line is rewritten in place; elsewhere (a log, CI) a line is added every `interval` seconds.
    """

    def __init__(self, stream: TextIO, interval: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._interval = interval
        self._clock = clock
        self._terminal = stream.isatty()
        self._started = self._shown = clock()
        self._title = ""

    def start(self, title: str) -> None:
        """Begin a step; its time counts from now."""
        self._title = title
        self._started = self._shown = self._clock()
        self._write(f"{title} …")

    def tick(self, detail: str = "") -> None:
        """Tell that the step goes on; may be called as often as one likes."""
        now = self._clock()
        if not self._terminal and now - self._shown < self._interval:
            return
        self._shown = now
        self._write(f"{self._title} … {duration(now - self._started)}{f' ({detail})' if detail else ''}")

    def finish(self, text: str) -> None:
        """End the step with a line that stays."""
        self._write(f"{text} ({duration(self._clock() - self._started)})")
        self.leave()

    def leave(self) -> None:
        """Let whatever is printed next begin on a line of its own."""
        if self._terminal and self._title:
            self._stream.write("\n")
            self._stream.flush()
        self._title = ""

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        self._stream.flush()


def duration(seconds: float) -> str:
    """Seconds as a person says them: 7s, 1m12s, 1h03m."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
