"""`report.json` as it is read: the contract's keys are required, all others may be missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.report.part import PART, Verdict
from uitwijk.drill.report.work_data import WorkData
from uitwijk.lessons.lesson import State


class _Part(BaseModel):
    model_config = PART


class StepData(_Part):
    """One thing that was done."""

    name: str
    command: str | None
    started: datetime
    ended: datetime | None
    """None: it was not ended when the recording stopped."""
    result: str

    @property
    def failed(self) -> bool:
        return self.ended is None or self.result.startswith("failed")

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.started).total_seconds() if self.ended else None


class CheckData(_Part):
    """One comparison of what is with what should be."""

    name: str
    expected: Any
    observed: Any
    verdict: Verdict


class ClosingData(_Part):
    """How a lesson was followed up."""

    date: date
    by: str
    how: str


class LessonData(_Part):
    """What an earlier exercise or a calamity taught, and who sees to it; its state is of the day of this exercise."""

    text: str
    owner: str
    id: str | None = None
    opened: date | None = None
    due: date | None = None
    drill: str | None = None
    scenario: str | None = None
    closed: ClosingData | None = None
    state: State = State.OPEN


class LeftOut(_Part):
    """A step that was planned and not done."""

    step: str
    why: str
    owner: str | None = None
    """Who does it in a calamity; None: the exercise should have done it."""


class SeatsData(_Part):
    """Where an organisation's staff have a seat."""

    needed: int = 0
    at: dict[str, int] = {}
    short: int = 0


class NumberData(_Part):
    """Where a number block is served and rings."""

    served_by: list[str] = []
    rings_at: dict[str, str] = {}


class ProcessesData(_Part):
    """Which processes of a municipality go on."""

    continues: list[str] = []
    stopped: dict[str, str] = {}
    majority: bool = False


class CapacityData(_Part):
    """Used and available at a site."""

    vcpus: tuple[float, float]
    memory_gib: tuple[float, float]
    spare_host: bool


class ManualStepData(_Part):
    """What people have to do."""

    owner: str
    step: str


class PlacementData(_Part):
    """Who runs, sits and rings where."""

    workloads: dict[str, str | None] = {}
    hot: dict[str, list[str]] = {}
    seats: dict[str, SeatsData] = {}
    numbers: dict[str, NumberData] = {}
    processes: dict[str, ProcessesData] = {}
    capacity: dict[str, CapacityData] = {}
    shed: list[str] = []
    manual_steps: list[ManualStepData] = []


class Placements(_Part):
    """The placement before, during and after the calamity, as far as it got."""

    before: PlacementData | None = None
    during: PlacementData | None = None
    after: PlacementData | None = None


class RecoveryData(_Part):
    """How long the machines of one recovery class took from the declaration to the last one powered on."""

    recovery_class: Annotated[str, Field(alias="class")]
    target_hours: float
    seconds: float | None
    machines: int


class ResourceData(_Part):
    """One resource that the engine changed."""

    op: str
    type: str
    name: str


class ChangesData(_Part):
    """What the engine did to a stack."""

    stack: str
    step: str | None = None
    """In which step."""
    counts: dict[str, int] = {}
    resources: list[ResourceData] = []


class LostMarker(_Part):
    """A marker that was written and not found again."""

    marker: str
    age_seconds: float


class DataLossData(_Part):
    """Which markers of a dataset were found at the other site."""

    dataset: str
    found: list[str] = []
    lost: list[LostMarker] = []


class ScenarioData(_Part, WorkData):
    """One calamity and what was done, seen and learnt in it."""

    key: str
    name: str
    verdict: Verdict
    steps: list[StepData]
    checks: list[CheckData]
    lessons: list[LessonData]
    not_executed: list[LeftOut]
    started: datetime | None = None
    ended: datetime | None = None
    declared: datetime | None = None
    failback: datetime | None = None
    """When the workloads began to return home."""
    checked_in: list[int] = []
    """For each check, how many steps had begun when it was made."""
    interrupted: bool = False
    interrupted_by: str | None = None
    placements: Placements = Placements()
    recovery: list[RecoveryData] = []
    changes: list[ChangesData] = []
    data_loss: list[DataLossData] = []

    def moments(self) -> Iterator[datetime]:
        """Every moment that is recorded."""
        for moment in (self.started, self.ended, self.declared, self.failback):
            if moment:
                yield moment
        for step in self.steps:
            yield step.started
            if step.ended:
                yield step.ended

    def checks_of(self, number: int) -> list[CheckData]:
        """The checks that were made in, or right after, a step; the first one is number 1."""
        return [check for check, step in zip(self.checks, self.checked_in, strict=False) if step == number]

    @property
    def began(self) -> datetime | None:
        return min(self.moments(), default=None)

    @property
    def seconds(self) -> float | None:
        moments = list(self.moments())
        return (max(moments) - min(moments)).total_seconds() if moments else None


class ReportData(_Part):
    """One exercise."""

    verdict: Verdict
    started: datetime
    ended: datetime | None
    """None: the recording stopped before the exercise was ended."""
    tools: dict[str, str]
    scenarios: list[ScenarioData]
    lessons: list[LessonData] = []
    """All that are told of, also those that are about no scenario that was played."""
    interrupted: bool = False
    actor: str = ""
    site_kind: str = "simulated"
    names: dict[str, dict[str, str]] = {}
    reproduce: list[str] = []
    limits: list[str] = []
    shape: str = ""
    """Of the region that was exercised."""


def reports(evidence: Path) -> Iterator[ReportData]:
    """Every report in a folder of `evidence` that can be read; broken off drills leave some that cannot."""
    for report in sorted(evidence.glob("*/report.json")):
        try:
            yield read(report.parent)
        except UitwijkError:
            continue


def read(directory: Path) -> ReportData:
    """The report of the exercise whose evidence is in `directory`.

    Raises:
        UitwijkError: there is no `report.json`, or it is not what an exercise leaves.
    """
    path = directory / "report.json"
    try:
        return ReportData.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UitwijkError(f"{path} does not exist: name a folder that `uitwijk drill` left") from None
    except OSError as error:
        raise UitwijkError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        problems = (f"{path}: {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise UitwijkError(tuple(problems)) from None
    except ValueError as error:
        raise UitwijkError(f"{path} is no JSON, so it was not left by a drill: {error}") from None
