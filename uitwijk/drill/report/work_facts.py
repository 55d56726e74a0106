"""What the report says of the work in one scenario: which processes continued, and how people noticed the calamity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from uitwijk.drill.report.phases import PlaceRow
from uitwijk.drill.report.work_faults import Fault, faults
from uitwijk.drill.report.work_tallies import (
    EmergencyRow,
    RecordRow,
    Tally,
    answer_phases,
    answers,
    emergencies,
    phases,
    records,
    tallies,
)
from uitwijk.evidence.placement_report import PlacementReport
from uitwijk.evidence.work_report import TELEPHONE, GuestsReport, MeasuredGap, StoppedProcess, WorkReport
from uitwijk.wording import DisplayNames, count, duration, listed

_MOST_STOPPED = 3
"""Groups of stopped processes that one sentence names."""


@dataclass(frozen=True)
class Note:
    """Why a process stopped, and where."""

    number: int
    process: str
    municipalities: tuple[str, ...]
    stopped: StoppedProcess
    planned: bool
    """Whether the situation's placement says so, too."""


@dataclass(frozen=True)
class Square:
    """Whether one process of one municipality continued."""

    state: str
    """continued, stopped (as the placement says), failed (stopped against it), unknown."""
    municipality: str
    note: Note | None = None


@dataclass(frozen=True)
class Sentence:
    """What is said of one municipality, or of several of which the same is true."""

    municipalities: tuple[str, ...]
    text: str
    whole: bool
    """Whether nothing stopped."""


@dataclass(frozen=True)
class GapRow:
    """How long one municipality was without telephone and without names."""

    municipality: str
    gaps: dict[str, MeasuredGap]
    """The longest of each kind."""


@dataclass(frozen=True)
class WorkFacts:
    """What was observed of the work, with what follows from it."""

    data: WorkReport
    during: PlacementReport | None
    names: DisplayNames

    @property
    def machines_only(self) -> str:
        """The sentence for a drill in which no guest lived."""
        why = f"; {self.data.machines_only}" if self.data.machines_only else ""
        return f"Machines only: no guest lived in this drill{why}".rstrip(".") + "."

    @cached_property
    def processes(self) -> list[str]:
        """The keys of all processes that were judged, in the catalogue's order."""
        judged = self.data.continuity.values()
        found = dict.fromkeys(key for one in judged for key in (*one.continued, *one.stopped))
        return [key for key in self.names.keys("processes") if key in found] + [
            key for key in found if key not in self.names.keys("processes")
        ]

    @cached_property
    def municipalities(self) -> list[str]:
        """The names of all municipalities that were judged."""
        return self.names.of_all("organisations", self.data.continuity)

    @cached_property
    def notes(self) -> list[Note]:
        """Each reason why a process stopped, once."""
        found: dict[tuple[str, StoppedProcess, bool], list[str]] = {}
        for process in self.processes:
            for who, judged in self.data.continuity.items():
                if process in judged.stopped:
                    key = (process, judged.stopped[process], self._planned(who, process))
                    found.setdefault(key, []).append(self.names.of("organisations", who))
        return [
            Note(number, self.names.of("processes", process), tuple(who), stopped, planned)
            for number, ((process, stopped, planned), who) in enumerate(found.items(), start=1)
        ]

    def _planned(self, municipality: str, process: str) -> bool:
        if self.during is None or municipality not in self.during.processes:
            return True
        return process in self.during.processes[municipality].stopped

    @cached_property
    def matrix(self) -> list[tuple[str, list[Square]]]:
        """For each process, whether it continued in each municipality."""
        return [
            (self.names.of("processes", process), [self._square(process, who) for who in self.data.continuity])
            for process in self.processes
        ]

    def _square(self, process: str, municipality: str) -> Square:
        judged, name = self.data.continuity[municipality], self.names.of("organisations", municipality)
        if process not in judged.stopped:
            return Square("continued" if process in judged.continued else "unknown", name)
        label = self.names.of("processes", process)
        note = next(note for note in self.notes if note.process == label and name in note.municipalities)
        return Square("stopped" if note.planned else "failed", name, note)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """What is said of each municipality; those where something stopped come first."""
        together: dict[tuple[str, bool], list[str]] = {}
        for who, judged in self.data.continuity.items():
            together.setdefault((judged.sentence, not judged.stopped), []).append(self.names.of("organisations", who))
        found = [Sentence(tuple(who), text, whole) for (text, whole), who in together.items()]
        return sorted(found, key=lambda sentence: sentence.whole)

    @cached_property
    def continued(self) -> tuple[int, int] | None:
        """How many processes continued in every municipality, of how many."""
        judged = self.data.continuity.values()
        if not judged:
            return None
        stopped = {process for one in judged for process in one.stopped}
        return len(self.processes) - len(stopped), len(self.processes)

    @cached_property
    def phases(self) -> list[str]:
        return phases(self.data)

    @cached_property
    def tallies(self) -> list[Tally]:
        return tallies(self.data)

    @cached_property
    def answered(self) -> tuple[int, int] | None:
        """How many calls were answered as they should be, of how many; those that measure a gap do not count."""
        found = [tally.total for tally in self.tallies if tally.calls]
        return (sum(fine for fine, _ in found), sum(made for _, made in found)) if found else None

    @cached_property
    def answer_phases(self) -> list[str]:
        return answer_phases(self.data)

    @cached_property
    def answers(self) -> list[PlaceRow]:
        return answers(self.data, self.names)

    @cached_property
    def emergencies(self) -> list[EmergencyRow]:
        return emergencies(self.data, self.names)

    @cached_property
    def records(self) -> list[RecordRow]:
        return records(self.data)

    @cached_property
    def faults(self) -> list[Fault]:
        return list(faults(self.data, self.names))

    @cached_property
    def gaps(self) -> list[GapRow]:
        """The longest gaps of each municipality."""
        found: dict[str, dict[str, MeasuredGap]] = {}
        for gap in self.data.gaps:
            known = found.setdefault(gap.municipality, {})
            if gap.what not in known or _longer(gap, known[gap.what]):
                known[gap.what] = gap
        return [GapRow(self.names.of("organisations", who), gaps) for who, gaps in found.items()]

    @cached_property
    def longest(self) -> float:
        """Seconds of the longest gap; the scale of the drawing."""
        return max((gap.seconds for gap in self.data.gaps if gap.seconds is not None), default=1.0) or 1.0

    @property
    def silence(self) -> str:
        """How long nobody could be called, at most; empty if that was not measured."""
        gaps = [gap for gap in self.data.gaps if gap.what == TELEPHONE]
        if not gaps:
            return ""
        if any(gap.seconds is None for gap in gaps):
            return "; the telephone never came back"
        return f"; without telephone for {duration(max(gap.seconds or 0.0 for gap in gaps))} at most"

    @property
    def outcome(self) -> str:
        """Of the whole scenario, in a sentence or two: processes, calls and the gap."""
        return " ".join(self._outcome())

    def _outcome(self) -> Iterator[str]:
        if self.continued:
            stopped = "".join(f"; {text}" for text in self._stopped())
            yield f"{self.continued[0]} of {self.continued[1]} processes continued everywhere{stopped}."
        if self.answered:
            yield f"{self.answered[0]} of {count(self.answered[1], 'call')} answered as they should be{self.silence}."

    def _stopped(self) -> Iterator[str]:
        together: dict[tuple[str, ...], list[str]] = {}
        for process, squares in self.matrix:
            where = tuple(square.municipality for square in squares if square.note)
            if where:
                together.setdefault(where, []).append(process)
        for where, processes in list(together.items())[:_MOST_STOPPED]:
            everywhere = len(where) == len(self.municipalities) > 1
            yield f"{listed(processes)} stopped {'everywhere' if everywhere else f'in {listed(where)}'}"
        more = sum(len(processes) for processes in list(together.values())[_MOST_STOPPED:])
        if more:
            yield f"{more} more stopped elsewhere"

    @property
    def guests(self) -> str:
        """How many guests lived, where, and how much memory they used."""
        guests = self.data.guests
        return "" if guests is None else _lived(guests, self.names)

    @cached_property
    def idle(self) -> list[tuple[str, list[str]]]:
        """Why kinds of machine took no part, each reason with its kinds."""
        together: dict[str, list[str]] = {}
        for kind, why in (self.data.guests.idle if self.data.guests else {}).items():
            together.setdefault(why, []).append(kind)
        return list(together.items())


def _longer(one: MeasuredGap, other: MeasuredGap) -> bool:
    if one.seconds is None or other.seconds is None:
        return other.seconds is not None
    return one.seconds > other.seconds


def _lived(guests: GuestsReport, names: DisplayNames) -> str:
    living = {names.site(site): number for site, number in guests.living.items() if number}
    lived = count(sum(living.values()), "guest") + " lived" if living else "No guest lived"
    if len(living) == 1:
        lived += f" at {next(iter(living))}"
    elif living:
        lived += f": {listed(f'{number} at {site}' for site, number in living.items())}"
    memory = f" Together they used at most {guests.memory_mib / 1024:.1f} GiB of memory." if guests.memory_mib else ""
    return f"{lived}; {count(guests.taking_part, 'machine')} of the region take part.{memory}"
