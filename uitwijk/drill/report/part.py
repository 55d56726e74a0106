"""What all parts of `report.json` have in common when they are read."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

Verdict = Literal["passed", "failed"]

PART = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
"""Keys that a part does not know are left alone."""
