"""A false alarm, and a planned move there and back: plain `pulumi up`s, the wrong ones refused."""

from __future__ import annotations

from tests.engine.stage import HOME, OTHER, Stage
from uitwijk.simulated.replication import mirror


def test_a_false_alarm_touches_nothing_and_a_planned_move_comes_back_to_where_it_began(fresh: Stage) -> None:
    fresh.up()
    first = {site: fresh.inventory(site) for site in (HOME, OTHER)}
    cold = fresh.cold(HOME)

    fresh.declare_next(sites={HOME: "lost"})
    assert rows(fresh, OTHER) == {"data-not-writable"}
    fresh.declare_next()
    mark = {site: fresh.vcenters[site].mark() for site in (HOME, OTHER)}
    fresh.up()
    for site in (HOME, OTHER):
        seen = fresh.vcenters[site].observed(mark[site])
        assert not [seen[kind] for kind in ("power", "created", "reconfigured", "destroyed") if seen[kind]]

    fresh.declare_next(sites={HOME: "drained"})
    assert rows(fresh, OTHER) == {"peer-holds", "data-not-writable"}
    assert set(fresh.up(HOME)[HOME].machines("delete")) == cold
    assert rows(fresh, OTHER) == {"data-not-writable"}
    fresh.declare_next(sites={HOME: "drained"}, data={HOME: OTHER})
    replicate(fresh, HOME, OTHER)
    assert set(fresh.up(OTHER)[OTHER].machines("create")) == cold

    fresh.declare_next(data={HOME: OTHER})
    assert rows(fresh, HOME) == {"peer-holds", "data-not-writable"}
    assert set(fresh.up(OTHER)[OTHER].machines("delete")) == cold
    fresh.declare_next()
    replicate(fresh, OTHER, HOME)
    assert set(fresh.up(HOME)[HOME].machines("create")) == cold
    for site in (HOME, OTHER):
        now = fresh.inventory(site)
        assert {machine.name for machine in now.machines if machine.powered_on} == fresh.expected(site)
        kept = set(first[site].by_name) - (cold if site == HOME else set())
        assert {name: now.by_name[name] for name in kept} == {name: first[site].by_name[name] for name in kept}


def rows(stage: Stage, site: str) -> set[str]:
    """Why the stack of `site` is refused."""
    return {line.partition(":")[0] for line in stage.refused("preview", site)[site]}


def replicate(stage: Stage, source: str, target: str) -> None:
    """What the storage does with the data of Veldoord, promoted from one site to the other."""
    data = {site: stage.vcenters[site].folder / "datastores" / f"data-{HOME}" for site in (source, target)}
    mirror(data[source], data[target])
