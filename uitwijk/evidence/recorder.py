"""What an exercise leaves behind, recorded while it is played: nothing counts as passed before it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from uitwijk.continuity.region import Region
from uitwijk.evidence.folder import EvidenceFolder
from uitwijk.evidence.report import Report
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.scenario_report import LessonReport, ScenarioReport
from uitwijk.evidence.shape import shape
from uitwijk.lessons.lesson import Lesson
from uitwijk.utc import now


class Evidence(EvidenceFolder):
    """The evidence of one exercise, in one folder.

    Use it as a context manager: leaving it ends the exercise and decides the verdict.

    Args:
        directory: is created; must be empty if it exists.
        tools: version by tool.
        actor: who started the exercise.
        clock: the current moment, with a time zone.

    Raises:
        UitwijkError: `directory` holds something already, or cannot be made.
    """

    def __init__(
        self, directory: Path, tools: Mapping[str, str], actor: str, clock: Callable[[], datetime] = now
    ) -> None:
        report = Report(verdict="failed", started=clock(), ended=None, actor=actor, tools=dict(tools), scenarios=[])
        super().__init__(directory, report, clock)
        self.event("begin exercise", directory.name, "begun")
        self.save()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(error)

    @property
    def passed(self) -> bool:
        """Whether the exercise has ended and every scenario passed; at least one must have run."""
        return self.report.verdict == "passed"

    def scenario(self, key: str, name: str, planned: Sequence[str] = ()) -> Scenario:
        """Begin a scenario, to be used in a `with` statement.

        Args:
            key: starts with S1, S2 or S3, for example `S1-elmford`.
            name: one phrase for people.
            planned: the steps' names; those not begun when the scenario is broken off count as not executed.
        """
        begun = ScenarioReport(
            key=key,
            name=name,
            verdict="failed",
            started=self.now(),
            steps=[],
            checks=[],
            lessons=[lesson for lesson in self.report.lessons if lesson.scenario in (None, key[:2])],
            not_executed=[],
        )
        self.report.scenarios.append(self.scrubbed(begun))
        self.event("begin scenario", key, "begun")
        self.save()
        return Scenario(self, len(self.report.scenarios) - 1, planned)

    def describe(self, region: Region) -> None:
        """Take the names that people know things by, for the readable report, and the shape of what is exercised."""
        self.report.shape = shape(region)
        self.report.names = self.scrubbed(
            {
                kind: {key: getattr(thing, "name", key) for key, thing in things.items()}
                for kind, things in {
                    "organisations": region.organisations,
                    "buildings": region.buildings,
                    "services": region.services,
                    "processes": region.processes,
                }.items()
            }
        )
        self.save()

    def carry_over(self, lessons: Iterable[Lesson]) -> None:
        """Take along what earlier exercises taught; each scenario that begins later gets what is about it."""
        today = self.now().astimezone(UTC).date()
        found = [LessonReport.model_validate(lesson.facts(today)) for lesson in lessons]
        self.report.lessons = self.scrubbed(found)
        self.event("carry over", "lessons of earlier exercises", ", ".join(str(one.id) for one in found) or "none")
        self.save()

    def reproduce(self, *commands: str) -> None:
        """Say with which commands somebody else plays the same exercise again."""
        self.report.reproduce.extend(self.scrubbed(commands))
        self.save()

    def limit(self, text: str) -> None:
        """Say what this exercise cannot show."""
        self.report.limits.append(self.scrubbed(text))
        self.save()

    def finish(self, error: BaseException | None = None) -> None:
        """End the exercise and decide its verdict; `error` is what broke it off, if anything."""
        with self._lock:
            if self.report.ended:
                return
            scenarios = self.report.scenarios
            fine = error is None and scenarios and all(scenario.verdict == "passed" for scenario in scenarios)
            self.report.verdict = "passed" if fine else "failed"
            self.report.interrupted = error is not None
            self.report.ended = self.now()
            self.event("end exercise", self.directory.name, self.report.verdict)
            self._seal()
