"""The guard, on the engine: what two sites must not do at once is refused, and nothing changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from tests.engine.stage import EPOCH, HOME, OTHER, Stage

NEXT = EPOCH + 1
TAKEN_OVER = {"sites": {HOME: "drained"}, "data": {HOME: OTHER}}
"""Zandermeer is to run everything, on data that is writable there."""


def test_a_machine_that_the_other_stack_still_holds_is_not_started_a_second_time(shared: Stage) -> None:
    shared.declare(NEXT, **TAKEN_OVER)
    (line,) = shared.refused("up", OTHER)[OTHER]
    assert line.startswith("peer-holds: stack veldoord still holds 36 machines of workloads placed here: ")
    assert "kolkwijde-civil-affairs-application-1" in line
    assert "`pulumi up --stack veldoord --continue-on-error`" in line


def test_nothing_is_started_while_the_state_of_the_other_stack_cannot_be_read(shared: Stage) -> None:
    shared.declare(NEXT, **TAKEN_OVER)
    with shared.unreadable_state(HOME):
        (line,) = shared.refused("up", OTHER)[OTHER]
    assert line.startswith("peer-unreadable: 36 machines would be created here, but the state of stack veldoord ")
    assert "`uitwijk declare lost veldoord --by … --reason …`" in line


def test_nothing_is_given_to_a_site_of_which_nobody_knows_what_runs_there(shared: Stage) -> None:
    shared.declare(NEXT, sites={OTHER: "drained"}, data={OTHER: HOME})
    with shared.unreadable_state(HOME):
        (line,) = shared.refused("up", OTHER)[OTHER]
    assert line.startswith("gives-to-unsafe-peer: 9 workloads would be given to veldoord")


def test_a_lost_site_is_left_alone_and_its_workloads_wait_for_their_data(shared: Stage) -> None:
    shared.declare(NEXT, sites={HOME: "lost"})
    told = shared.refused("up")
    (lost,), (waiting,) = told[HOME], told[OTHER]
    assert lost.startswith("own-site-lost: veldoord is declared lost, so its stack must not be touched.")
    assert waiting.startswith("data-not-writable: 19 workloads placed here need dataset veldoord, ")
    assert "`uitwijk declare promoted veldoord --at zandermeer --by … --reason …`" in waiting


def test_an_old_copy_of_the_situation_is_refused(shared: Stage) -> None:
    shared.declare(EPOCH - 1)
    for lines in shared.refused("up").values():
        assert len(lines) == 2
        for line in lines:
            assert line.startswith("epoch: the situation has epoch 4, but stack ")
            assert line.endswith(
                "has already applied epoch 5: this situation.yaml is old. Get the newest one (git pull)"
            )


def test_two_situations_with_one_epoch_are_refused(shared: Stage) -> None:
    shared.declare(EPOCH, closed_buildings={"kolkwijde-town-hall": {}})
    (own, other) = shared.refused("up", OTHER)[OTHER]
    assert own.startswith("epoch: stack zandermeer has applied another situation with the same epoch 5")
    assert other.startswith("epoch: stack veldoord has applied another situation with the same epoch 5")


def test_a_hypothetical_calamity_is_previewed_but_never_applied(shared: Stage) -> None:
    shared.declare(NEXT, sites={HOME: "lost"}, hypothetical=True)
    with shared.nothing_changes():
        plan = shared.preview(OTHER)[OTHER]
    assert set(plan.machines("create")) == shared.cold(HOME)
    (line,) = shared.refused("up", OTHER)[OTHER]
    assert line.startswith("hypothetical: this situation may be previewed (`pulumi preview`), never applied.")


def test_no_stack_is_touched_when_every_site_is_lost(shared: Stage) -> None:
    shared.declare(NEXT, sites={HOME: "lost", OTHER: "lost"})
    for site, lines in shared.refused("up").items():
        (line,) = lines
        assert line.startswith(f"own-site-lost: {site} is declared lost")


def test_an_override_lifts_its_own_row_and_no_other(shared: Stage) -> None:
    shared.declare(NEXT, sites={HOME: "drained"}, override=["peer-holds"])
    (line,) = shared.refused("preview", OTHER)[OTHER]
    assert line.startswith("data-not-writable: ")

    shared.declare(NEXT, **TAKEN_OVER, override=["peer-unreadable"])
    with shared.unreadable_state(HOME), shared.nothing_changes():
        plan = shared.preview(OTHER)[OTHER]
    assert set(plan.machines("create")) == shared.cold(HOME)


def test_a_data_disk_is_not_said_to_have_grown_when_it_has_not(shared: Stage, tmp_path: Path) -> None:
    catalogue = shutil.copytree(shared.catalogue, tmp_path / "catalogue")
    services = yaml.safe_load((catalogue / "services.yaml").read_text(encoding="utf-8"))
    services["civil-affairs"]["roles"]["database"]["disks"]["data"] = 300
    (catalogue / "services.yaml").write_text(yaml.safe_dump(services, sort_keys=False), encoding="utf-8")
    with shared.reconfigured(HOME, catalogue=str(catalogue)):
        for (line,) in (shared.refused("preview", HOME)[HOME], shared.refused("up", HOME)[HOME]):
            assert line.startswith("disk-size: 2 data disks of veldoord differ in size from the catalogue: ")
            assert "kolkwijde-civil-affairs-database-1-data is 200 GiB, not 300" in line
            assert line.endswith("give the role a further data disk (catalogue/services.yaml, disks)")


def test_a_state_that_was_lost_makes_no_machine_twice_and_no_empty_disk_in_the_place_of_its_data(shared: Stage) -> None:
    shared.declare(NEXT, **TAKEN_OVER)
    backend = shared.folder / "rebuilt"
    backend.mkdir()
    with shared.environment(HOME, PULUMI_BACKEND_URL=f"file://{backend}"):
        shared.engines[HOME].pulumi.order("stack", "init", HOME, "--no-select")
        lost, line = shared.refused("up", HOME)[HOME]
    assert lost.startswith(
        "own-state: 45 machines stand in the vCenter of veldoord that the state of its stack does not "
    )
    assert "`pulumi stack import --stack veldoord --file …`" in lost
    assert line.startswith("empty-disk: 9 data disks would be created empty (")
    assert "while dataset veldoord is writable at zandermeer: veldoord was rebuilt." in line
