"""Few of the trials that `make crash` and `make faults` play in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.stage import Stage
from tests.trials.calamity import Calamity
from tests.trials.cells import play
from uitwijk.running.toolchain import Toolchain

pytestmark = pytest.mark.timeout(600)
CELLS = [
    ("log in", "fails the task"),
    ("clone", "refuses"),
    ("reconfigure", "ends the session"),
    ("attach a disk", "refuses"),
    ("power on", "is slow"),
    ("tag", "ends the session"),
    ("delete", "fails the task"),
    ("delete", "refuses"),
]


def test_whatever_is_killed_in_a_calamity_one_command_and_one_up_lead_out(toolchain: Toolchain, tmp_path: Path) -> None:
    with Stage(tmp_path, toolchain).open() as stage:
        kills = list(Calamity(stage, "small-1").play())
    assert not [f"{kill.phase}, {kill.point}: {kill.wrong}" for kill in kills if kill.wrong]
    assert len([kill for kill in kills if kill.reached]) == 6
    assert {kill.phase for kill in kills} == {"failover", "drain", "release", "take back", "recover"}


@pytest.mark.parametrize(("operation", "fault"), CELLS)
def test_what_check_advises_leads_out_of_a_fault(
    operation: str, fault: str, toolchain: Toolchain, tmp_path: Path
) -> None:
    with Stage(tmp_path, toolchain).open() as stage:
        outcome = play(stage, operation, fault)
    assert bool(outcome.way_out) == (not outcome.run.endswith("goes through"))
