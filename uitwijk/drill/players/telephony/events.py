"""What sipp's scenarios say of each call, line by line."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

END = "-- end of message --"
"""Closes a message that a scenario has written down whole."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a call."""

    moment: float
    """When, in seconds since 1970."""
    what: str
    call_id: str
    detail: str = ""
    message: str = ""
    """The whole SIP message, where a scenario keeps it."""

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        return datetime.fromtimestamp(self.moment, UTC)

    @property
    def monotonic(self) -> float:
        """When, on the clock of `time.monotonic`."""
        return self.moment - time.time() + time.monotonic()


def read_events(log: Path) -> list[Event]:
    """The events in a scenario's log, oldest first; a line that is still being written is left for the next time."""
    if not log.exists():
        return []
    text = log.read_bytes().decode("utf-8", errors="replace")
    events: list[Event] = []
    message: list[str] | None = None
    for line in text[: text.rfind("\n") + 1].splitlines():
        if message is not None:
            if line == END:
                last = events.pop()
                events.append(Event(last.moment, last.what, last.call_id, last.detail, "\n".join(message)))
                message = None
            else:
                message.append(line)
            continue
        # sipp's time is a date, a time, and seconds since 1970, with tabs between them.
        moment, what, call_id, *detail = line.rsplit("\t", 1)[-1].split(";")
        events.append(Event(float(moment), what, call_id, ";".join(detail)))
        message = [] if what == "reached" else None
    return events if message is None else events[:-1]
