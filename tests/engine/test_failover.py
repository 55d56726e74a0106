"""A site is lost and comes back, in the small region, by nothing but `pulumi up`."""

from __future__ import annotations

import json
from typing import Any

from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage, give_back, lose
from uitwijk.machines.cloud_init import BLANK, FORMAT, REFUSE
from uitwijk.observe.stacks import MACHINE


def test_a_lost_site_is_taken_over_with_its_data_and_gets_all_of_it_back(fresh: Stage) -> None:
    storage = Storage(fresh)
    fresh.up()
    first = {site: fresh.inventory(site) for site in (HOME, OTHER)}
    cold = fresh.cold(HOME)
    assert len(storage.disks) == 9

    storage.write(HOME, "replicated")
    storage.replicate()
    storage.write(HOME, "too-late")
    storage.lost.add(HOME)
    lose(fresh, HOME)

    fresh.declare_next(sites={HOME: "lost"}, closed_buildings={"kust-office": {}}, data={HOME: OTHER})
    mark = fresh.vcenters[OTHER].mark()
    run = fresh.up(OTHER)[OTHER]
    assert set(run.machines("create")) == cold
    seen, during = fresh.vcenters[OTHER].observed(mark), fresh.inventory(OTHER)
    assert {machine.name for machine in during.machines if machine.powered_on} == fresh.expected(OTHER)
    assert {event["vm"] for kind in ("power", "reconfigured", "destroyed") for event in seen[kind]} == cold
    for machine in first[OTHER].machines:
        assert during.by_name[machine.name].instance_uuid == machine.instance_uuid
    assert storage.read(OTHER) == {disk: ["replicated"] for disk in storage.disks}
    assert not any(fresh.vcenters[HOME].observed()["while_cut"].values())
    storage.write(OTHER, "at-the-survivor")

    give_back(fresh, HOME)
    fresh.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    fresh.up(HOME)
    assert set(fresh.inventory(HOME).by_name) == fresh.expected(HOME)
    storage.lost.clear()
    storage.replicate()
    assert not fresh.up(OTHER)[OTHER].machines("create", "update", "delete", "replace")

    fresh.declare_next(data={HOME: OTHER})
    (waiting,) = {line.partition(":")[0] for line in fresh.refused("preview", HOME)[HOME]} - {"data-not-writable"}
    assert waiting == "peer-holds"
    assert set(fresh.up(OTHER)[OTHER].machines("delete")) == cold
    storage.replicate()
    there = f"promoted {HOME} at {OTHER}"
    fresh.declare_next(
        changes=[f"lost {HOME}, {there}", f"drained {HOME}", f"normal {HOME}", f"promoted {HOME} at {HOME}"]
    )
    assert set(fresh.up(HOME)[HOME].machines("create")) == cold
    fresh.up(OTHER)

    for site in (HOME, OTHER):
        now = fresh.inventory(site)
        assert {machine.name for machine in now.machines if machine.powered_on} == fresh.expected(site)
        assert now.kept_apart == first[site].kept_apart
        kept = set(first[site].by_name) - (cold if site == HOME else set())
        assert {name: now.by_name[name] for name in kept} == {name: first[site].by_name[name] for name in kept}
    assert storage.read(HOME) == {disk: ["replicated", "at-the-survivor"] for disk in storage.disks}
    told = {name: inputs["extraConfig"].get(BLANK) for name, inputs in machines(fresh, HOME).items()}
    assert told == {
        name: (REFUSE if name in cold else FORMAT) if fresh.region.machines[name].disks else None for name in told
    }
    assert not [change for run in fresh.preview().values() for change in run.changed]


def machines(stage: Stage, site: str) -> dict[str, dict[str, Any]]:
    """The inputs of the stack's machines, by name."""
    resources = json.loads(stage.exported(site))["deployment"]["resources"]
    return {each["urn"].rpartition("::")[2]: each["inputs"] for each in resources if each["type"] == MACHINE}
