"""The moment that a record of the drill carries."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The current moment in UTC with milliseconds, as the evidence writes it: `2026-11-28T08:12:00.000Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
