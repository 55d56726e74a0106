"""What the report asks attention for: what went wrong in a scenario, then what was not done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from uitwijk.drill.report.scenario_facts import ScenarioFacts
from uitwijk.wording import count, duration


@dataclass(frozen=True)
class Attention:
    """Something that went wrong or was not done, and where the report says more."""

    scenario: str
    """Its key; empty: it is about the whole exercise."""
    what: str
    text: str
    failed: bool


def attention(scenario: ScenarioFacts) -> Iterator[Attention]:
    """What went wrong, then what was not done."""
    data = scenario.data
    if data.interrupted:
        yield Attention(data.key, "broken off", scenario.interruption, failed=True)
    elif data.ended is None and data.started is not None:
        yield Attention(data.key, "not ended", "the recording stops in the middle of it", failed=True)
    for step in scenario.failed_steps:
        if not scenario.broke_off(step):
            yield Attention(
                data.key, "step failed", f"{step.name}: {step.result.removeprefix('failed: ')}", failed=True
            )
    for check in scenario.failed_checks:
        yield Attention(data.key, "check failed", check.name, failed=True)
    if not data.checks and not data.interrupted:
        yield Attention(data.key, "nothing checked", "a scenario without a check proves nothing", failed=True)
    yield from _work(scenario)
    for item in data.recovery:
        if item.seconds is None:
            text = f"class {item.recovery_class}, {count(item.machines, 'machine')}"
            yield Attention(data.key, "not powered on", text, failed=True)
    for loss in data.data_loss:
        for marker in loss.lost:
            dataset, age = scenario.names.site(loss.dataset), duration(marker.age_seconds)
            text = f"{marker.marker} in the data of {dataset}, {age} old"
            yield Attention(data.key, "data lost", text, failed=False)
    for left in data.not_executed:
        if not left.owner:
            yield Attention(data.key, "not executed", f"{left.step} ({left.why})", failed=False)


def _work(scenario: ScenarioFacts) -> Iterator[Attention]:
    """Troubles by name; of everything else that failed only how much, for the scenario's own section says more."""
    work, data = scenario.work_done, scenario.data
    for trouble in data.guests.troubles if data.guests else ():
        text = f"{trouble.guest} at {scenario.names.site(trouble.site)}: {trouble.unit} {trouble.what}"
        yield Attention(data.key, "guest in trouble", text, failed=data.verdict == "failed")
    for kind, number in Counter(fault.kind for fault in work.faults).items():
        first = next(fault.title for fault in work.faults if fault.kind == kind)
        text = first if number == 1 else f"{first}, and {number - 1} more"
        yield Attention(data.key, f"{kind} failed", text, failed=True)
    for row in work.records:
        if row.oldest_lost is not None and not row.failed:
            lost = count(row.written - row.found, "record")
            text = f"{lost}, the oldest {duration(row.oldest_lost)} old, as the RPO allows"
            yield Attention(data.key, "records lost", text, failed=False)
