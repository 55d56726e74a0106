"""One line of the answer to "could we fail over right now?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How a line ends. Only FAIL makes the whole check fail."""

    OK = "ok"
    ATTENTION = "attention"
    """Works, or could not be checked; somebody should look at it in office hours."""
    FAIL = "fail"
    """A failover would not work, or not safely."""


_SEVERITY = (Verdict.FAIL, Verdict.ATTENTION, Verdict.OK)


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    why: str
    remedy: str = ""
    """What to do; empty when all is well."""

    def to_dict(self) -> dict[str, Any]:
        """The line as plain data."""
        return {**asdict(self), "verdict": str(self.verdict)}


def ok(subject: str, why: str) -> Line:
    """A line without findings."""
    return Line(subject, Verdict.OK, why)


def attention(subject: str, why: str, remedy: str) -> Line:
    """Something to look at."""
    return Line(subject, Verdict.ATTENTION, why, remedy)


def fail(subject: str, why: str, remedy: str) -> Line:
    """Something that would keep a failover from working."""
    return Line(subject, Verdict.FAIL, why, remedy)


def not_checked(subject: str, because: str, remedy: str) -> Line:
    """Something that nobody could look at from here."""
    return attention(subject, f"not checked, because {because}", remedy)


def worst_first(lines: Sequence[Line]) -> list[Line]:
    """The lines by severity, otherwise in their order."""
    return sorted(lines, key=lambda line: _SEVERITY.index(line.verdict))
