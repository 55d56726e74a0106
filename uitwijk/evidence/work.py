"""What living guests did for people in one scenario, recorded while it is played. It decides no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from uitwijk.evidence.folder import EvidenceFolder
from uitwijk.evidence.piece import Piece
from uitwijk.evidence.scenario_report import ScenarioReport
from uitwijk.evidence.work_report import (
    Continuity,
    GuestsReport,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    SoughtRecord,
    Transaction,
)

_Piece = TypeVar("_Piece", bound=Piece)


class WorkRecorder:
    """The part of a scenario's recorder that is told how the work went on. Base of `Scenario`.

    Whoever observes adds the checks that decide the verdict. A batch is saved once, before anything is told of it, so
    that a crash in between leaves the figures.

    Args:
        place: of the scenario's report among the exercise's scenarios.
    """

    def __init__(self, folder: EvidenceFolder, place: int) -> None:
        self._folder = folder
        self._place = place

    @property
    def report(self) -> ScenarioReport:
        """All that was recorded of the scenario up to now, without secrets."""
        return self._folder.report.scenarios[self._place]

    def machines_only(self, why: str) -> None:
        """Record that no guest lives in this scenario, and why."""
        self.report.machines_only = self._folder.scrubbed(why)
        self._tell("leave out", "living guests", why)
        self._folder.save()

    def guests(self, guests: GuestsReport) -> None:
        """Record which guests lived, in place of what was recorded of them before; each new trouble is an event."""
        told = self.report.guests.troubles if self.report.guests else []
        self.report.guests = found = self._folder.scrubbed(guests)
        for trouble in found.troubles:
            if trouble not in told:
                words = f"{trouble.unit} {trouble.what}: {trouble.words}"
                self._tell("find trouble", f"{trouble.guest} at {trouble.site}", words, trouble.at)
        living = " ".join(f"{number} at {site}" for site, number in found.living.items())
        self._tell("count guests", "living guests", living or "none")
        self._folder.save()

    def calls(self, calls: Iterable[JudgedCall]) -> None:
        """Record telephone calls."""
        for call in self._extend(self.report.calls, calls):
            who = call.answered_by
            answer = f"answered by {who.municipality} in {who.building}" if who else "not answered"
            self._tell("call", call.number, _result(call.verdict, answer, call.seconds, call.why), call.at)

    def transactions(self, transactions: Iterable[Transaction]) -> None:
        """Record what clerks and citizens did with the services."""
        for one in self._extend(self.report.transactions, transactions):
            on = f"{one.what} {one.id or ''}".strip()
            asked = f"{one.service} of {one.municipality} on {one.host}, for {one.process}"
            self._tell("use service", f"{on}: {asked}", _result(one.verdict, "", one.seconds, one.why), one.at)

    def names(self, names: Iterable[NameAnswer]) -> None:
        """Record answers of name servers: those that are wrong, and one line that sums up each server."""
        for name in self._extend(self.report.names, names):
            answer = f"{name.address}, expected {name.expected}"
            result = _result(name.verdict, answer, name.seconds, name.why)
            self._tell("resolve", f"{name.name} at {name.server}", result, name.at)

    def gaps(self, gaps: Iterable[MeasuredGap]) -> None:
        """Record how long municipalities were without telephone or names."""
        for gap in self._extend(self.report.gaps, gaps):
            took = "never came back" if gap.seconds is None else f"{gap.seconds:.1f} s"
            self._tell("measure gap", f"{gap.what} of {gap.municipality}", took)

    def records(self, records: Iterable[SoughtRecord]) -> None:
        """Record which records that clerks wrote were found at the other site."""
        for one in self._extend(self.report.records, records):
            found = f"{'found' if one.found else 'lost'}, written {one.written}"
            self._tell(
                "look for record", f"{one.id} of {one.municipality} in {one.service}", _result(one.verdict, found)
            )

    def continuity(self, continuity: Mapping[str, Continuity]) -> None:
        """Record which processes continued, by municipality, as observed."""
        found = self._folder.scrubbed(dict(continuity))
        self.report.continuity |= found
        for municipality, judged in found.items():
            self._tell("judge continuity", municipality, judged.sentence)
        self._folder.save()

    def _add(self, to: list[_Piece], piece: _Piece) -> None:
        to.append(self._folder.scrubbed(piece))
        self._folder.save()

    def _extend(self, to: list[_Piece], pieces: Iterable[_Piece]) -> list[_Piece]:
        found = self._folder.scrubbed(list(pieces))
        to.extend(found)
        if found:
            self._folder.save()
        return found

    def _tell(self, action: str, on: str, result: str, at: datetime | None = None) -> None:
        self._folder.event(action, f"{self.report.key}: {on}", result, at=at)


def _result(verdict: str, seen: str = "", seconds: float | None = None, why: str | None = None) -> str:
    """One line: the verdict, what was seen, how long it took, and why."""
    took = f"after {seconds:.1f} s" if seconds is not None else ""
    said = " ".join(filter(None, (seen, took)))
    return ": ".join(filter(None, (verdict, said, why)))
