"""`report.json`: one exercise, as the drill writes it and everybody reads it. The contract's keys are required."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from uitwijk.continuity.bounded import MIB, Unreadable, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.strict_json import parse_json
from uitwijk.evidence.piece import Moment, Piece, Verdict
from uitwijk.evidence.scenario_report import LessonReport, ScenarioReport

REPORT = "report.json"
_LARGEST = 32 * MIB
_MOST_TOLD = 50


class Report(Piece):
    """One exercise. Older evidence lacks what has a default."""

    model_config = ConfigDict(frozen=False)

    verdict: Verdict
    started: Moment
    ended: Moment | None
    """None: the recording stopped before the exercise was ended."""
    interrupted: bool = False
    actor: str = ""
    """Who started it."""
    tools: dict[str, str]
    """Version by tool."""
    scenarios: list[ScenarioReport]
    lessons: list[LessonReport] = []
    """All that are told of, also those that are about no scenario that was played."""
    names: dict[str, dict[str, str]] = {}
    """That people know things by: by kind (organisations, buildings, services, processes) and key."""
    reproduce: list[str] = []
    """The commands with which somebody else plays the same exercise again."""
    limits: list[str] = []
    """What the exercise cannot show."""
    shape: str = ""
    """Of the region that was exercised."""

    @property
    def failures(self) -> list[str]:
        """What made the exercise fail, one line each: the scenario, the check or step, and what was seen."""
        return [f"{scenario.key}: {failure}" for scenario in self.scenarios for failure in scenario.failures]

    def text(self) -> str:
        """The content of `report.json`; on one line as long as the exercise goes on, for it is written often then."""
        return self.model_dump_json(by_alias=True, indent=1 if self.ended else None) + "\n"


def reports(evidence: Path) -> Iterator[Report]:
    """Every report in a folder of `evidence` that can be read; broken off drills leave some that cannot."""
    for report in sorted(evidence.glob(f"*/{REPORT}")):
        try:
            yield read(report.parent)
        except UitwijkError:
            continue


def read(directory: Path) -> Report:
    """The report of the exercise whose evidence is in `directory`.

    Raises:
        UitwijkError: there is no `report.json`, or it is not what an exercise leaves.
    """
    path = directory / REPORT
    if not path.exists():
        raise UitwijkError(f"{path} does not exist: name a folder that `uitwijk drill` left")
    try:
        return Report.model_validate(parse_json(read_text(path, _LARGEST)))
    except Unreadable as unreadable:
        raise UitwijkError(f"{path} {unreadable}, so it was not left by a drill") from None
    except ValidationError as error:
        if error.error_count() > _MOST_TOLD:
            what = f"{error.error_count():,} values are wrong, so it was not left by a drill"
            raise UitwijkError(f"{path}: {what}") from None
        problems = (f"{path}: {_place(item['loc'])}: {item['msg']}" for item in error.errors())
        raise UitwijkError(tuple(problems)) from None


def _place(location: tuple[int | str, ...]) -> str:
    text = ".".join(str(part)[:60] for part in location)
    return text if text.isprintable() else json.dumps(text)
