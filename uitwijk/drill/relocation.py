"""S1: a town hall is unreachable. People move, no machine does."""

from __future__ import annotations

from uitwijk.drill import checks
from uitwijk.drill.acts import Acts
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import Expectations
from uitwijk.drill.life import Life
from uitwijk.drill.observers import HallObserver
from uitwijk.drill.privileges import methods_explained
from uitwijk.evidence.scenario import Scenario
from uitwijk.observe.stacks import MACHINE

BRING_UP = "bring up both stacks"
RETURN = "check that all is as it was"
STEPS = (BRING_UP, RETURN)
"""What must have been reached; what was not is named in the evidence."""


def relocate(
    exercise: Exercise,
    scenario: Scenario,
    municipality: str,
    expected: Expectations | None,
    normal: Expectations,
    life: Life | None,
) -> None:
    """Closes the municipality's town hall, brings up both stacks, checks that no machine was touched, and reopens it.

    Args:
        expected: what people wrote down for this municipality; None: only what must hold for any of them is checked.
        normal: what they wrote down for a normal day.
        life: None: machines only.
    """
    acts = Acts(exercise, scenario)
    people = HallObserver(life, acts, normal.machines)
    sites = tuple(exercise.region.sites)
    hall = exercise.region.municipalities[municipality].town_hall
    first_status = exercise.status()
    scenario.placement("before", first_status)
    first = exercise.inventories(*sites)
    people.before(first_status, normal)
    marks = {site: exercise.vcenters[site].mark() for site in sites}

    people.closed(hall)
    scenario.declared()
    acts.declare("closed", hall, reason=f"drill: {hall} is unreachable")
    runs = acts.up(*sites, name=BRING_UP)
    status = exercise.status()
    scenario.placement("during", status)
    acts.left_to_people(status)
    with acts.step("check both vCenters, people and numbers"):
        now = exercise.inventories(*sites)
        for site in sites:
            touched = [f"{o.op} {o.name}" for o in runs[site].changed if o.type == MACHINE]
            scenario.check(f"{site}: the engine touched no machine", "none", touched[:5] or "none", not touched)
            running = [machine.name for machine in first[site].machines]
            checks.untouched(
                scenario, site, first[site], now[site], exercise.vcenters[site].observed(marks[site]), running
            )
            checks.same_inventory(scenario, site, first[site], now[site], ())
        if expected:
            checks.people_and_numbers(scenario, expected, status)
            checks.manual_steps(scenario, expected, status, promoted=False)
        _work_goes_on(exercise, scenario, municipality, hall, status)
    people.during(hall, status, expected)

    people.opened(hall)
    acts.declare("opened", hall, reason=f"drill: {hall} can be used again")
    acts.up(*sites, name=BRING_UP)
    with acts.step(RETURN):
        after = exercise.status()
        scenario.placement("after", after)
        now = exercise.inventories(*sites)
        for site in sites:
            checks.same_inventory(scenario, site, first[site], now[site], ())
        same = {key: value for key, value in after.items() if key != "epoch"} == {
            key: value for key, value in first_status.items() if key != "epoch"
        }
        scenario.check("the placement is the first again", "equal", "equal" if same else "differs", same)
    people.after(after, normal)
    acts.nothing_left(*sites)
    for site in sites:
        methods_explained(scenario, site, exercise.vcenters[site].observed())


def _work_goes_on(
    exercise: Exercise,
    scenario: Scenario,
    municipality: str,
    hall: str,
    status: dict[str, dict[str, dict[str, object]]],
) -> None:
    """What must hold for any municipality whose town hall is closed."""
    processes = status["processes"][municipality]
    scenario.check(
        f"{municipality}: the majority of the work goes on",
        True,
        f"{len(processes['continues'])} of {len(exercise.region.processes)} processes continue",  # type: ignore[arg-type]
        bool(processes["majority"]),
    )
    seats = status["seats"][municipality]
    at: dict[str, int] = seats["at"]  # type: ignore[assignment]
    counted = sum(at.values()) + int(str(seats["short"])) == int(str(seats["needed"])) and hall not in at
    scenario.check(f"{municipality}: every seat is elsewhere or counted as short", "all", seats, counted)
    wrong = []
    for key, number in status["numbers"].items():
        rings: dict[str, str] = number["rings_at"]  # type: ignore[assignment]
        if not number["served_by"] or not rings:
            wrong.append(f"{key} does not ring")
        for building, location in rings.items():
            if building == hall or location != exercise.region.buildings[building].emergency_location:
                wrong.append(f"{key} rings in {building} with the location {location!r}")
    scenario.check(
        "every number rings, with the location of the building where it rings", "all", wrong[:5] or "all", not wrong
    )
