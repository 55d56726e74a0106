"""What the report says about one scenario, worked out from its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from uitwijk.drill.report.phases import Cell, PlaceRow
from uitwijk.drill.report.scenario_happenings import Happening, happenings
from uitwijk.drill.report.timeline import Timeline, draw
from uitwijk.drill.report.work_facts import WorkFacts
from uitwijk.evidence.piece import Phase
from uitwijk.evidence.placement_report import ManualStepReport, NumberReport, PlacementReport, ProcessesReport
from uitwijk.evidence.scenario_report import Check, ScenarioReport, StackChanges, Step
from uitwijk.wording import DisplayNames, count, listed

OPERATIONS = {"create": "created", "replace": "replaced", "update": "updated", "delete": "deleted", "same": "unchanged"}


@dataclass(frozen=True)
class NumberRow:
    """Where one number block was served and rang during the calamity."""

    organisation: str
    number: str
    served_by: str
    rings_at: tuple[tuple[str, str], ...]
    """Building and emergency location."""


@dataclass(frozen=True)
class ScenarioFacts:
    """One scenario, with what follows from its record."""

    data: ScenarioReport
    names: DisplayNames

    @cached_property
    def timeline(self) -> Timeline | None:
        return draw(self.data)

    @cached_property
    def work_done(self) -> WorkFacts:
        return WorkFacts(self.data, self.during, self.names)

    @cached_property
    def happenings(self) -> list[Happening]:
        return happenings(self.data)

    @cached_property
    def phases(self) -> dict[Phase, PlacementReport]:
        """The recorded placements by phase, in the phases' order."""
        return {phase: self.data.placements[phase] for phase in get_args(Phase) if phase in self.data.placements}

    @property
    def before(self) -> PlacementReport | None:
        """The placement before the calamity."""
        return self.phases.get("before")

    @property
    def during(self) -> PlacementReport | None:
        """The placement during the calamity."""
        return self.phases.get("during")

    @property
    def shed(self) -> list[str]:
        """What stood still for want of room."""
        return [self.names.workload(key) for key in self.during.shed] if self.during else []

    @property
    def failed_checks(self) -> list[Check]:
        return [check for check in self.data.checks if check.failed]

    @property
    def passed_checks(self) -> list[Check]:
        return [check for check in self.data.checks if not check.failed]

    @property
    def failed_steps(self) -> list[Step]:
        return [step for step in self.data.steps if step.failed]

    @property
    def continued(self) -> tuple[int, int] | None:
        """How many municipalities kept the majority of their work, of how many."""
        if self.during is None or not self.during.processes:
            return None
        processes = self.during.processes.values()
        return sum(item.majority for item in processes), len(processes)

    @cached_property
    def happened(self) -> tuple[str, ...]:
        """In sentences: what moved, who moved, what stood still, and how it ended."""
        before, during, after = self.before, self.during, self.phases.get("after")
        if before is None or during is None:
            return ()
        return tuple((*self._moves(before, during), *_seating(before, during), *self._end(before, during, after)))

    def _end(self, before: PlacementReport, during: PlacementReport, after: PlacementReport | None) -> Iterator[str]:
        if after is None or after.workloads == during.workloads:
            return
        if after.workloads == before.workloads:
            yield "Afterwards everything runs where it ran before."
        else:
            yield from (f"Afterwards {sentence}" for sentence in self._moves(during, after))

    def _moves(self, earlier: PlacementReport, later: PlacementReport) -> Iterator[str]:
        moves = Counter(
            (whence, later.workloads.get(key))
            for key, whence in earlier.workloads.items()
            if whence != later.workloads.get(key)
        )
        for (whence, where), number in moves.items():
            workloads = count(number, "workload")
            if where is None:
                yield f"{workloads} stop."
            elif whence is None:
                yield f"{workloads} start at {self.names.site(where)}."
            else:
                yield f"{workloads} move from {self.names.site(whence)} to {self.names.site(where)}."
        if not moves:
            yield "No workload moves."

    @cached_property
    def work(self) -> list[PlaceRow]:
        """Where each organisation's cold workloads ran."""
        organisations = dict.fromkeys(
            key.partition("/")[0] for placement in self.phases.values() for key in placement.workloads
        )
        return [
            self._row(who, [self._work(who, placement) for placement in self.phases.values()]) for who in organisations
        ]

    def _work(self, who: str, placement: PlacementReport) -> tuple[tuple[str, ...], bool]:
        sites = Counter(where for key, where in placement.workloads.items() if key.partition("/")[0] == who)
        lines = tuple(f"{self.names.site(site)}: {number}" for site, number in sites.items() if site is not None)
        return (*lines, *((f"not running: {sites[None]}",) if sites[None] else ())), bool(sites[None])

    @cached_property
    def people(self) -> list[PlaceRow]:
        """Where each organisation's staff sat."""
        organisations = dict.fromkeys(key for placement in self.phases.values() for key in placement.seats)
        return [
            self._row(who, [self._people(who, placement) for placement in self.phases.values()])
            for who in organisations
        ]

    def _people(self, who: str, placement: PlacementReport) -> tuple[tuple[str, ...], bool]:
        seats = placement.seats.get(who)
        if seats is None:
            return (), False
        lines = tuple(f"{self.names.of('buildings', building)}: {number}" for building, number in seats.at.items())
        return (*lines, *((f"without a seat: {seats.short}",) if seats.short else ())), bool(seats.short)

    def _row(self, who: str, found: list[tuple[tuple[str, ...], bool]]) -> PlaceRow:
        first = found[0][0]
        cells = tuple(Cell(lines, changed=lines != first, bad=bad) for lines, bad in found)
        return PlaceRow(self.names.of("organisations", who), cells)

    @cached_property
    def stopped(self) -> dict[str, ProcessesReport]:
        """The processes of each municipality where one stops, by name."""
        found = self.during.processes if self.during else {}
        return {self.names.of("organisations", who): item for who, item in found.items() if item.stopped}

    @cached_property
    def undisturbed(self) -> list[tuple[list[str], list[str]]]:
        """The processes that all continue, with the municipalities of which that is true."""
        together: dict[tuple[str, ...], list[str]] = {}
        for who, item in (self.during.processes if self.during else {}).items():
            if not item.stopped:
                together.setdefault(tuple(item.continues), []).append(self.names.of("organisations", who))
        return [(self.names.of_all("processes", items), who) for items, who in together.items()]

    @property
    def served_by(self) -> list[str]:
        """The sites that take telephone calls during the calamity."""
        numbers = self.during.numbers.values() if self.during else ()
        return list(dict.fromkeys(self.names.site(site) for number in numbers for site in number.served_by))

    @cached_property
    def moved_numbers(self) -> list[NumberRow]:
        """The number blocks that rang elsewhere than before, or not at all."""
        if self.during is None:
            return []
        before = self.before
        return [
            self._number(key, number)
            for key, number in self.during.numbers.items()
            if not (number.served_by and number.rings_at)
            or (before is not None and key in before.numbers and before.numbers[key].rings_at != number.rings_at)
        ]

    def _number(self, key: str, number: NumberReport) -> NumberRow:
        who, _, first = key.partition("/")
        return NumberRow(
            self.names.of("organisations", who),
            first,
            listed(self.names.site(site) for site in number.served_by) if number.served_by else "no site",
            tuple((self.names.of("buildings", place), where) for place, where in number.rings_at.items()),
        )

    @property
    def left_to_people(self) -> list[ManualStepReport]:
        """The manual steps of the calamity of which the record does not say whether they were done."""
        known = {left.step for left in self.data.not_executed}
        return [manual for manual in (self.during.manual_steps if self.during else []) if manual.step not in known]

    def hot(self, placement: PlacementReport) -> str:
        """Where the hot workloads ran, with how many of them."""
        return listed(f"{self.names.site(site)} ({len(keys)})" for site, keys in placement.hot.items())

    @cached_property
    def operations(self) -> dict[str, str]:
        """What the engine can do to a resource, with all that it did besides, each with its word."""
        done = (operation for changes in self.data.changes for operation in changes.counts)
        return OPERATIONS | {operation: operation for operation in done if operation not in OPERATIONS}

    def resources(self, changes: StackChanges) -> dict[str, dict[str, list[str]]]:
        """The changed resources' names by operation and type."""
        grouped: dict[str, dict[str, list[str]]] = {}
        for item in changes.resources:
            kind = item.type.rpartition(":")[2]
            grouped.setdefault(OPERATIONS.get(item.op, item.op), {}).setdefault(kind, []).append(item.name)
        return grouped

    @property
    def interruption(self) -> str:
        """What broke the scenario off, and in which step."""
        why = self.data.interrupted_by or "by an error"
        return "; ".join([why, *(f"in the step “{step.name}”" for step in self.failed_steps if self.broke_off(step))])

    def broke_off(self, step: Step) -> bool:
        """Whether what broke the scenario off is what `step` failed of."""
        return self.data.interrupted and step.result == f"failed: {self.data.interrupted_by}"


def _seating(before: PlacementReport, during: PlacementReport) -> Iterator[str]:
    moved = sum(
        max(people - before.seats[who].at.get(building, 0), 0)
        for who, seats in during.seats.items()
        for building, people in seats.at.items()
        if who in before.seats
    )
    if moved:
        yield f"{count(moved, 'person', 'people')} get a seat in another building."
    short = sum(seats.short for seats in during.seats.values())
    if short:
        yield f"{count(short, 'person', 'people')} have no seat."
    if during.shed:
        yield f"{count(len(during.shed), 'workload')} do not fit and stand still."
