"""Where a site's vCenter is, and who may log in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """How to log in to a site's vCenter."""

    server: str
    """Host name or address, and `:port` if it is not 443."""
    user: str
    password: str = field(repr=False)
