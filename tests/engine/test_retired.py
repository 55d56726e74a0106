"""A municipality leaves the region: its machines go, its data stays, and no failover is held up by it."""

from __future__ import annotations

import pytest

from tests.engine.mishaps import uitwijk
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage
from uitwijk.commands.deployment import Deployment
from uitwijk.continuity import load_region
from uitwijk.observe.stacks import DISK, MADE

pytestmark = pytest.mark.timeout(300)
GONE = "reeenmeer"


def disks_of_the_gone(stage: Stage) -> set[str]:
    """The data disks of the municipality that the state of its home holds."""
    return {name for name in Deployment(stage.exported(HOME)).of(DISK) if name.startswith(f"{GONE}-")}


def test_a_municipality_that_is_retired_leaves_in_two_runs_and_its_files_stay(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    before, kept = fresh.expected(HOME), disks_of_the_gone(fresh)
    assert kept
    said = uitwijk(fresh, HOME, "retire", GONE, "--yes")
    assert said.returncode == 0, said.stderr
    fresh.region = load_region(fresh.catalogue)

    run = fresh.up(HOME)[HOME]
    assert set(run.machines("delete")) == {name for name in before if name.startswith(f"{GONE}-")}
    assert disks_of_the_gone(fresh) == kept
    fresh.up(OTHER)
    run = fresh.up(HOME)[HOME]
    assert not run.machines("create", "update", "delete", "replace")
    assert not disks_of_the_gone(fresh)
    assert not [name for name in Deployment(fresh.exported(HOME)).of(MADE) if name.startswith(f"{GONE}-")]
    assert storage.read(HOME) == {disk: ["written"] for disk in storage.disks}
    assert {machine.name for machine in fresh.inventory(HOME).machines} == fresh.expected(HOME)
    assert not [change for each in fresh.preview().values() for change in each.changed]


def test_a_failover_in_the_middle_of_a_retirement_goes_through_and_the_way_back_too(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    storage.replicate()
    assert uitwijk(fresh, HOME, "retire", GONE, "--yes").returncode == 0
    fresh.region = load_region(fresh.catalogue)
    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    assert set(fresh.up(OTHER)[OTHER].machines("create")) == fresh.cold(HOME)

    fresh.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    fresh.up(HOME)
    fresh.up(OTHER)
    fresh.declare_next(data={HOME: OTHER})
    fresh.up(OTHER)
    fresh.declare_next()
    assert set(fresh.up(HOME)[HOME].machines("create")) == fresh.cold(HOME)
    fresh.up(OTHER)
    assert {machine.name for machine in fresh.inventory(HOME).machines} == fresh.expected(HOME)
    assert storage.read(HOME) == {disk: ["written"] for disk in storage.disks}


def test_what_left_the_catalogue_without_a_word_is_refused_and_check_says_how_it_leaves(fresh: Stage) -> None:
    fresh.up()
    file = fresh.catalogue / "municipalities" / "kolkwijde.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "without: [taxes]\n", encoding="utf-8")
    (line,) = fresh.refused("up", HOME)[HOME]
    assert line.startswith("removal: 1 machines of this stack are not in the catalogue any more and would be removed ")
    assert line.endswith("`uitwijk retire kolkwijde-taxes-application-1`")
    assert uitwijk(fresh, HOME, "retire", "kolkwijde-taxes-application-1", "--yes").returncode == 0
    assert fresh.up(HOME)[HOME].machines("delete") == ["kolkwijde-taxes-application-1"]
