"""Renders the evidence of an exercise as `report.html`: one file that loads nothing, for a screen and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jinja2

from uitwijk.continuity.bounded import MIB, Unreadable, open_regular
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.report.facts import ReportFacts
from uitwijk.drill.report.timeline import GLYPH, KINDS, TOP, WIDTH
from uitwijk.drill.report.work_faults import answer, place
from uitwijk.drill.report.work_tallies import WRITTEN
from uitwijk.evidence.report import REPORT, read
from uitwijk.files import write_atomically
from uitwijk.wording import clock, count, difference, duration, listed, telephone, value

_PAGE = "report.html"
_ENGINE_TIME = "Engine time on simulated vCenters, not a recovery time."
"""What the measured times are."""
_CONTRADICTIONS = (ArithmeticError, LookupError, TypeError, ValueError, jinja2.TemplateError)
"""What the page meets where each value of a report is of the right form, but not what an exercise leaves."""
_GEOMETRY = {"GLYPH": GLYPH, "TOP": TOP, "WIDTH": WIDTH}


def render(directory: Path) -> Path:
    """Write `report.html` beside the `report.json` in `directory`, and return its path.

    Raises:
        UitwijkError: there is no `report.json`, it is not what an exercise leaves, or the folder cannot be written.
    """
    data = read(directory)
    try:
        page = (
            _environment()
            .get_template("report.html.j2")
            .render(
                report=ReportFacts(data),
                data=data,
                files=list(_files(directory)),
                folder=directory.resolve().name,
                events=_lines(directory / "events.jsonl"),
                geometry=_GEOMETRY,
                kinds=KINDS,
            )
        )
    except _CONTRADICTIONS as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise UitwijkError(
            f"{directory / REPORT}: contradicts itself, so it was not left by a drill ({what})"
        ) from error
    target = directory / _PAGE
    try:
        write_atomically(target, page)
    except OSError as error:
        raise UitwijkError(f"{target} cannot be written: {error.strerror}") from error
    return target


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("uitwijk.drill.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": clock,
        "count": count,
        "day": day,
        "duration": duration,
        "listed": listed,
        "moment": moment,
        "telephone": telephone,
        "time": time,
        "value": value,
    }
    environment.globals |= {
        "ENGINE_TIME": _ENGINE_TIME,
        "answer": answer,
        "difference": difference,
        "place": place,
        "written": WRITTEN,
    }
    return environment


def day(of: datetime) -> str:
    """`27 November 2026`, in UTC."""
    of = of.astimezone(UTC)
    return f"{of.day} {of:%B %Y}"


def moment(of: datetime) -> str:
    """`27 November 2026, 08:12:00 UTC`."""
    return f"{day(of)}, {of.astimezone(UTC):%H:%M:%S} UTC"


def time(of: datetime | None) -> str:
    """`08:12:00.4`, in UTC."""
    if of is None:
        return "at an unknown time"
    of = of.astimezone(UTC)
    return f"{of:%H:%M:%S}.{of.microsecond // 100_000}"


def _files(directory: Path) -> Iterator[tuple[str, str]]:
    """Name and size of each file of evidence."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name != _PAGE and not path.name.startswith("."):
            yield path.relative_to(directory).as_posix(), _size(path.stat().st_size)


def _lines(path: Path) -> int:
    try:
        with open_regular(path) as file:
            return sum(part.count(b"\n") for part in iter(lambda: file.read(MIB) or b"", b""))
    except Unreadable:
        return 0


def _size(size: int) -> str:
    return f"{size:,} bytes" if size < 2048 else f"{size / 1024:,.0f} KiB"
