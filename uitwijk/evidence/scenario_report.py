"""What the evidence says of one scenario: what was done, checked, changed and learnt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from uitwijk.evidence.piece import Moment, Phase, Piece, Seen, Verdict
from uitwijk.evidence.placement_report import PlacementReport
from uitwijk.evidence.work_report import WorkReport
from uitwijk.lessons.lesson import Closing, State


class Step(Piece):
    """One thing that was done."""

    model_config = ConfigDict(frozen=False)

    name: str
    """One phrase for people."""
    command: str | None
    """What somebody would type to do the same."""
    started: Moment
    ended: Moment | None
    """None: it was not ended when the recording stopped."""
    result: str
    """What came of it, one line."""

    @property
    def failed(self) -> bool:
        """Whether it did not end, or ended in an error."""
        return self.ended is None or self.result.startswith("failed")

    @property
    def seconds(self) -> float | None:
        """How long it took; None: it did not end."""
        return (self.ended - self.started).total_seconds() if self.ended else None


class Check(Piece):
    """One comparison of what is with what should be."""

    name: str
    expected: Seen
    observed: Seen
    verdict: Verdict

    @property
    def failed(self) -> bool:
        """Whether what is, is not what should be."""
        return self.verdict == "failed"


class LessonReport(Piece):
    """What an earlier exercise or a calamity taught, and who sees to it; its state is of the day of this exercise."""

    id: str | None = None
    text: str
    owner: str
    opened: date | None = None
    due: date | None = None
    drill: str | None = None
    """Folder of the evidence that it came from."""
    scenario: str | None = None
    """The kind of calamity that it is about; None: all of them."""
    closed: Closing | None = None
    state: State = State.OPEN


class LeftOut(Piece):
    """A step that was planned and not done."""

    step: str
    why: str
    owner: str | None = None
    """Who does it in a calamity; None: the exercise should have done it."""


class RecoveryTime(Piece):
    """How long the machines of one recovery class took from the declaration to the last one powered on."""

    recovery_class: Annotated[str, Field(alias="class")]
    """R0 to R3."""
    target_hours: float
    """What the catalogue allows."""
    seconds: float | None
    """None: not all were powered on."""
    machines: int
    """How many were started."""


class ChangedResource(Piece):
    """One resource that the engine changed."""

    op: str
    """create, replace, update or delete."""
    type: str
    name: str


class StackChanges(Piece):
    """What the engine did to a stack."""

    step: str | None = None
    """In which step."""
    stack: str
    counts: dict[str, int] = {}
    """Number of resources by operation: create, update, delete, same."""
    resources: list[ChangedResource] = []
    """Those not left the same."""


class LostMarker(Piece):
    """A marker that was written and not found again."""

    marker: str
    age_seconds: float
    """When the site was lost."""


class DataLoss(Piece):
    """Which markers of a dataset were found at the other site."""

    dataset: str
    found: list[str] = []
    lost: list[LostMarker] = []


class ScenarioReport(WorkReport):
    """One calamity and what was done, seen and learnt in it. Older evidence lacks what has a default."""

    model_config = ConfigDict(frozen=False)

    key: str
    """Starts with S1, S2 or S3."""
    name: str
    """One phrase for people."""
    verdict: Verdict
    started: Moment | None = None
    ended: Moment | None = None
    declared: Moment | None = None
    """When the calamity was declared: the clock of the recovery times starts."""
    failback: Moment | None = None
    """When the workloads began to return home."""
    interrupted: bool = False
    interrupted_by: str | None = None
    steps: list[Step]
    checks: list[Check]
    checked_in: list[int] = []
    """For each check, how many steps had begun when it was made."""
    lessons: list[LessonReport]
    not_executed: list[LeftOut]
    placements: dict[Phase, PlacementReport] = {}
    """Before, during and after the calamity, as far as it got."""
    recovery: list[RecoveryTime] = []
    changes: list[StackChanges] = []
    data_loss: list[DataLoss] = []

    @property
    def failures(self) -> list[str]:
        """What failed in it once it has ended, one line each: the step or the check, and what was seen."""
        steps = [f"{step.name}: {step.result}" for step in self.steps if step.failed]
        checks = [
            f"{check.name}: expected {check.expected}, observed {check.observed}"
            for check in self.checks
            if check.failed
        ]
        return [*steps, *checks, *(() if self.checks else ("nothing was checked",))]

    def moments(self) -> Iterator[datetime]:
        """Every moment that is recorded."""
        for moment in (self.started, self.ended, self.declared, self.failback):
            if moment:
                yield moment
        for step in self.steps:
            yield step.started
            if step.ended:
                yield step.ended

    def checks_of(self, number: int) -> list[Check]:
        """The checks that were made in, or right after, a step; the first one is number 1."""
        return [check for check, step in zip(self.checks, self.checked_in, strict=False) if step == number]

    @property
    def began(self) -> datetime | None:
        """The first moment that is recorded."""
        return min(self.moments(), default=None)

    @property
    def seconds(self) -> float | None:
        """From the first moment that is recorded to the last."""
        moments = list(self.moments())
        return (max(moments) - min(moments)).total_seconds() if moments else None
