"""A vCenter whose machines come alive."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Watched:
    """A vCenter, and where its site is."""

    server: str
    """`host:port`."""
    user: str
    password: str = field(repr=False)
    ca: Path
    """Certificate authorities to trust, PEM."""
    folder: Path
    """The site's folder; its datastores are `datastores/NAME` in it."""
