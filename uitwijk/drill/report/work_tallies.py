"""Counts what was tried in a scenario, phase by phase: calls, transactions, emergency calls and records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uitwijk.drill.report.phases import Cell, PlaceRow
from uitwijk.evidence.work_report import (
    AFTER,
    BEFORE,
    DURING,
    EMERGENCY,
    GAP,
    NUMBER,
    OUTSIDE,
    JudgedCall,
    Observation,
    SoughtRecord,
    WorkReport,
)
from uitwijk.wording import DisplayNames, count, listed

CALLS = {
    NUMBER: "Calls to the municipalities' numbers",
    EMERGENCY: "112 calls, with the location of their building",
    OUTSIDE: "Calls to anybody else, without a location",
    "in-progress": "Calls in progress, not cut off",
}
TRANSACTIONS = {
    "login": "Clerks logged in where they sit",
    "record": "Records written and read",
    "document": "Documents issued and printed",
    "station": "Stations, reached where they should be",
    "citizen": "Citizens served over the internet",
    "alive": "Services that have all they need",
    "forbidden": "Other municipalities' data, refused",
}
WRITTEN = {
    "before": "Written before the last replication",
    "late": "Written after the last replication",
    "survivor": "Written at the other site, sought after the return",
}


@dataclass(frozen=True)
class Tally:
    """How many attempts of one kind ended as they should, of how many, phase by phase."""

    label: str
    calls: bool
    """Whether they are telephone calls."""
    cells: tuple[tuple[int, int], ...]

    @property
    def total(self) -> tuple[int, int]:
        return sum(fine for fine, _ in self.cells), sum(made for _, made in self.cells)


@dataclass(frozen=True)
class EmergencyRow:
    """What 112 calls from one building gave as their location."""

    building: str
    locations: tuple[str, ...]
    phases: str
    failed: bool


@dataclass(frozen=True)
class RecordRow:
    """What became of the records that were written at one time."""

    label: str
    found: int
    written: int
    oldest_lost: float | None
    """Seconds that the oldest lost one was old."""
    rpo_minutes: float | None
    failed: bool


def phases(data: WorkReport) -> list[str]:
    """The phases in which something was tried, in their order."""
    found = dict.fromkeys(item.when for item in (*data.calls, *data.transactions))
    return [when for when in (BEFORE, DURING, AFTER) if when in found] + [
        when for when in found if when not in (BEFORE, DURING, AFTER)
    ]


def tallies(data: WorkReport) -> list[Tally]:
    """One row for each kind of call and transaction, but for the calls that measure a gap."""
    calls, transactions = counted(data.calls), data.transactions
    return [
        *_tallies(CALLS, {kind: [call for call in calls if call.kind == kind] for kind in _kinds(calls)}, data, True),
        *_tallies(
            TRANSACTIONS,
            {what: [one for one in transactions if one.what == what] for what in {t.what: None for t in transactions}},
            data,
            False,
        ),
    ]


def counted(calls: Sequence[JudgedCall]) -> list[JudgedCall]:
    """The calls that should have been answered; those made until the first is answered measure a gap."""
    return [call for call in calls if call.kind != GAP]


def _kinds(calls: Sequence[JudgedCall]) -> list[str]:
    return list(dict.fromkeys(call.kind for call in calls))


def _tallies(
    labels: dict[str, str], found: dict[str, Sequence[Observation]], data: WorkReport, calls: bool
) -> Iterator[Tally]:
    order = [kind for kind in labels if kind in found] + [kind for kind in found if kind not in labels]
    for kind in order:
        by_phase = [[item for item in found[kind] if item.when == when] for when in phases(data)]
        cells = tuple((sum(not item.failed for item in items), len(items)) for items in by_phase)
        yield Tally(labels.get(kind, kind.replace("-", " ").capitalize()), calls, cells)


def answer_phases(data: WorkReport) -> list[str]:
    """The phases in which the municipalities' numbers were called."""
    return [phase for phase in phases(data) if any((c.kind, c.when) == (NUMBER, phase) for c in data.calls)]


def answers(data: WorkReport, names: DisplayNames) -> list[PlaceRow]:
    """In which buildings the numbers of each municipality were answered, phase by phase."""
    calls = [call for call in data.calls if call.kind == NUMBER and call.municipality]
    when, rows = answer_phases(data), []
    for who in dict.fromkeys(call.municipality for call in calls if call.municipality):
        found = [_answered([call for call in calls if (call.municipality, call.when) == (who, p)], names) for p in when]
        first = found[0][0]
        cells = tuple(Cell(lines, changed=bool(lines) and lines != first, bad=bad) for lines, bad in found)
        rows.append(PlaceRow(names.of("organisations", who), cells))
    return rows


def _answered(calls: list[JudgedCall], names: DisplayNames) -> tuple[tuple[str, ...], bool]:
    where = dict.fromkeys(
        call.answered_by.building
        for call in calls
        if call.answered_by and call.answered_by.building and not call.failed
    )
    failed = sum(call.failed for call in calls)
    lines = tuple(sorted(names.of_all("buildings", where)))
    return (*lines, *((f"✕ {count(failed, 'call')} failed",) if failed else ())), bool(failed)


def emergencies(data: WorkReport, names: DisplayNames) -> list[EmergencyRow]:
    """The location that 112 calls from each building gave."""
    calls = [call for call in data.calls if call.kind == EMERGENCY]
    rows = []
    for building in dict.fromkeys(call.building for call in calls):
        here = [call for call in calls if call.building == building]
        rows.append(
            EmergencyRow(
                names.of("buildings", building) if building else "somewhere",
                tuple(dict.fromkeys(call.location or "no location" for call in here)),
                listed(when for when in phases(data) if any(call.when == when for call in here)),
                any(call.failed for call in here),
            )
        )
    return rows


def records(data: WorkReport) -> list[RecordRow]:
    """What became of the records, by when they were written."""
    found = dict.fromkeys(record.written for record in data.records)
    order = [key for key in WRITTEN if key in found] + [key for key in found if key not in WRITTEN]
    return [_records(key, [record for record in data.records if record.written == key]) for key in order]


def _records(written: str, looks: list[SoughtRecord]) -> RecordRow:
    """Of several looks for the same record, one that does not find it is enough to call it lost."""
    lost = {look.id: look.age_seconds for look in looks if not look.found}
    sought = {look.id for look in looks}
    ages = [age for age in lost.values() if age is not None]
    allowed = [look.rpo_minutes for look in looks if look.rpo_minutes is not None]
    return RecordRow(
        WRITTEN.get(written, written.capitalize()),
        len(sought) - len(lost),
        len(sought),
        max(ages, default=None),
        min(allowed, default=None),
        any(look.failed for look in looks),
    )
