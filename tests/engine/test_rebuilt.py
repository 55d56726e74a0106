"""A lost site is rebuilt: an empty new vCenter and empty storage under the old state of its stack."""

from __future__ import annotations

import json

import pytest

from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage, give_back, lose
from uitwijk.commands.forgetting import forgetting
from uitwijk.continuity.errors import UitwijkError


def test_a_rebuilt_site_becomes_normal_and_no_disk_is_made_empty_over_its_data(fresh: Stage) -> None:
    storage = Storage(fresh)
    fresh.up()
    first = fresh.inventory(HOME)
    secret = fresh.exported(HOME, show_secrets=True)
    with pytest.raises(UitwijkError, match="is not new: 45 machines of the stack stand there"):
        forgetting(HOME, fresh.exported(HOME), first)
    storage.write(HOME, "replicated")
    storage.replicate()
    storage.lost.add(HOME)
    lose(fresh, HOME)
    fresh.declare_next(sites={HOME: "lost"}, data={HOME: OTHER})
    fresh.up(OTHER)
    storage.write(OTHER, "at-the-survivor")

    fresh.rebuild(HOME)
    give_back(fresh, HOME)
    fresh.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    found = forgetting(HOME, fresh.exported(HOME), fresh.inventory(HOME))
    assert set(found.machines) == set(first.by_name)
    assert found.disks == len(storage.disks)
    fresh.engines[HOME].pulumi.order("stack", "import", "--stack", HOME, stdin=found.state)
    assert len(fresh.facts(HOME).disks) == len(storage.disks)
    storage.lost.clear()
    storage.replicate()

    run = fresh.up(HOME)[HOME]
    assert set(run.machines("create")) == fresh.expected(HOME) == set(fresh.inventory(HOME).by_name)
    assert not [operation for operation in run.changed if operation.type.endswith(":VirtualDisk")]
    assert storage.read(HOME) == {disk: ["replicated", "at-the-survivor"] for disk in storage.disks}
    fresh.up(OTHER)

    fresh.declare_next(data={HOME: OTHER})
    fresh.up(OTHER)
    storage.replicate()
    fresh.declare_next()
    fresh.up(HOME)
    fresh.up(OTHER)
    now = fresh.inventory(HOME)
    assert {machine.name for machine in now.machines if machine.powered_on} == set(first.by_name)
    assert now.kept_apart == first.kept_apart
    assert storage.read(HOME) == {disk: ["replicated", "at-the-survivor"] for disk in storage.disks}
    assert not [change for plan in fresh.preview().values() for change in plan.changed]
    assert passwords(fresh.exported(HOME, show_secrets=True)) == passwords(secret)


def passwords(exported: str) -> dict[str, str]:
    """What was made up at the site, by name."""
    resources = json.loads(exported)["deployment"]["resources"]
    return {
        resource["urn"]: resource["outputs"]["result"]["plaintext"]
        for resource in resources
        if resource["type"].endswith(":RandomPassword")
    }
