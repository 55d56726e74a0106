"""The one clock of the project: now, and a moment as text. Always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, with its time zone."""
    return datetime.now(UTC)


def stamp(moment: datetime | None = None) -> str:
    """A moment as evidence and events carry it, RFC 3339 with milliseconds: `2026-11-28T08:12:00.000Z`.

    Args:
        moment: with a time zone; None: now.
    """
    return (moment or now()).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def file_stamp(moment: datetime) -> str:
    """The same in the name of a file or folder, to the second: `20261128-081200`."""
    return f"{moment.astimezone(UTC):%Y%m%d-%H%M%S}"
