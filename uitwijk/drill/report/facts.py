"""What the report says about a whole exercise, worked out from its record."""

from __future__ import annotations

from uitwijk.drill.report.attention import Attention, attention
from uitwijk.drill.report.scenario_facts import ScenarioFacts
from uitwijk.evidence.report import Report
from uitwijk.evidence.scenario_report import LessonReport
from uitwijk.lessons.lesson import State
from uitwijk.wording import DisplayNames


class ReportFacts:
    """The whole exercise, with what follows from its record."""

    def __init__(self, data: Report) -> None:
        self.data = data
        self.names = DisplayNames(data.names)
        self.scenarios = [ScenarioFacts(scenario, self.names) for scenario in data.scenarios]
        self.lessons = _lessons(data)
        self.attention = [item for scenario in self.scenarios for item in attention(scenario)]
        self.attention += [
            Attention("", "lesson overdue", f"{lesson.text} ({lesson.owner}, due {lesson.due})", failed=False)
            for lesson in self.lessons
            if lesson.state is State.OVERDUE
        ]

    @property
    def failed(self) -> list[ScenarioFacts]:
        """The scenarios that did not pass."""
        return [scenario for scenario in self.scenarios if scenario.data.verdict == "failed"]

    @property
    def outcomes(self) -> bool:
        """Whether it was observed in any scenario what became of the work."""
        return any(scenario.work_done.outcome for scenario in self.scenarios)

    @property
    def verdict(self) -> str:
        """The verdict in one sentence."""
        number = len(self.scenarios)
        if self.data.verdict == "passed":
            return (
                "The scenario did what was expected."
                if number == 1
                else f"All {number} scenarios did what was expected."
            )
        if not self.scenarios:
            return "No scenario was played."
        if not self.failed:
            return "Every scenario that was played passed, but the exercise was not played to its end."
        if number == 1:
            return "The scenario did not do what was expected."
        return f"{len(self.failed)} of {number} scenarios did not do what was expected."

    @property
    def checks(self) -> tuple[int, int]:
        """How many checks passed, of how many."""
        return sum(len(s.passed_checks) for s in self.scenarios), sum(len(s.data.checks) for s in self.scenarios)

    @property
    def seconds(self) -> float | None:
        ended = self.data.ended
        return (ended - self.data.started).total_seconds() if ended else None


def _lessons(data: Report) -> list[LessonReport]:
    """All lessons, each once: evidence of other tools may have them in its scenarios only."""
    found = [*data.lessons, *(lesson for scenario in data.scenarios for lesson in scenario.lessons)]
    return list({(lesson.id, lesson.text, lesson.owner): lesson for lesson in found}.values())
