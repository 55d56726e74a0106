"""How a lost site comes back: as it was, its old machines running, or rebuilt and empty. Both are dangerous hours."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.region import dataset_datastore
from uitwijk.drill import checks
from uitwijk.drill.acts import Acts
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import Expectations, ExpectedMachine
from uitwijk.drill.markers import Markers
from uitwijk.drill.observers import LossObserver
from uitwijk.drill.privileges import methods_explained
from uitwijk.evidence.scenario import Scenario
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.stacks import DISK
from uitwijk.running.engine import Run


class ComingBack:
    """A lost site up to the moment when it is drained, its data replicated back.

    Args:
        expected: what people wrote down for the calamity.
        normal: the machines that they wrote down for the site on a normal day.
        first: what stood there before the calamity.
        people: who call and work meanwhile.
    """

    def __init__(
        self,
        exercise: Exercise,
        scenario: Scenario,
        expected: Expectations,
        normal: Mapping[str, ExpectedMachine],
        markers: Markers,
        first: Inventory,
        people: LossObserver,
    ) -> None:
        self._exercise = exercise
        self._scenario = scenario
        self._acts = Acts(exercise, scenario)
        self._site = expected.lost[0]
        self._drained = expected.drained[self._site]
        self._normal = normal
        self._markers = markers
        self._first = first
        self._people = people

    def as_it_was(self, drain: str) -> None:
        """Power returns before the operators do. The first `up` as drained removes the old machines, and nothing else.

        Args:
            drain: name of the step that drains the site.
        """
        exercise, scenario, acts, site = self._exercise, self._scenario, self._acts, self._site
        old = set(self._first.by_name) - set(self._drained)
        with acts.step(f"{site} comes back, its old machines running, its guests' network still cut"):
            exercise.give_back(site)
            self._people.comes_back()
        with acts.step("see both vCenters", "uitwijk check"):
            self._split_brain(len(old))
        acts.declare("drained", site, reason=f"drill: {site} is back")
        run = acts.up(site, name=drain, totals={site: len(old)})[site]
        removed = set(run.machines("delete"))
        scenario.check(
            f"{site}: its first `up` as drained removes the old machines, and no other",
            f"{len(old)} machines",
            f"{len(removed)} machines",
            removed == old,
        )
        with acts.step(f"check the vCenter of {site}, lift the fencing, replicate back"):
            self._stands_drained(run)
            gone = self._missing_disks()
            scenario.check(f"{site}: no data disk was lost", "none", gone[:5] or "none", not gone)
            self._lift_fencing()
        self._people.drained()

    def rebuilt(self, drain: str) -> None:
        """The site gets a new vCenter and empty storage; its stack has to forget the old one, but not its data disks.

        Args:
            drain: name of the step that drains the site.
        """
        exercise, scenario, acts, site = self._exercise, self._scenario, self._acts, self._site
        with acts.step(f"{site} is rebuilt: a new vCenter and empty storage, under the old state"):
            methods_explained(scenario, site, exercise.vcenters[site].observed())  # the new one remembers nothing
            exercise.rebuild(site)
            self._people.comes_back()
            stands = exercise.inventories(site)[site].machines
            scenario.check(f"{site}: the new vCenter", "no machine", f"{len(stands)} machines", not stands)
        acts.declare("drained", site, reason=f"drill: {site} is rebuilt")
        with acts.step("let the stack forget the old vCenter", f"uitwijk rebuilt {site}") as step:
            pulumi = exercise.engines[site].pulumi
            before = pulumi.facts(site)
            exercise.forget(site)
            after = pulumi.facts(site)
            forgotten, kept, disks = before.machines - after.machines, len(after.disks), len(self._markers.disks)
            step.result = f"{len(forgotten)} machines forgotten, {kept} data disks kept"
            scenario.check(
                f"{site}: the stack forgets every machine and keeps every data disk",
                f"{len(self._normal)} machines, {disks} disks",
                f"{len(forgotten)} machines, {kept} disks",
                forgotten == set(self._normal) and kept == disks,
            )
        run = acts.up(site, name=drain, totals={site: len(self._drained)})[site]
        with acts.step(f"check the vCenter of {site}, lift the fencing, replicate back"):
            self._stands_drained(run)
            self._lift_fencing()
            missing = self._missing_disks()
            scenario.check(
                f"{site}: every data disk came back by replication", "all", missing[:5] or "all", not missing
            )
        self._people.drained()

    def _lift_fencing(self) -> None:
        """The guests' network is restored, and replication into the site begins."""
        self._people.still_fenced()
        self._exercise.lift_fencing(self._site)
        self._exercise.replication.cycle()

    def _split_brain(self, old: int) -> None:
        """What `uitwijk check` tells of two sites that run the same machines."""
        exercise, site = self._exercise, self._site
        survivor = next(other for other in exercise.region.sites if other != site)
        line = exercise.check(survivor)["split brain"]
        self._scenario.check(
            "split brain is seen, and fencing named first",
            f"{old} cold machines run at two sites; cut the production network of {site}",
            f"{line['why']}; {line['remedy']}"[:300],
            line["verdict"] == "fail"
            and line["why"].startswith(f"{old} cold machines run at ")
            and line["remedy"].startswith(f"cut the production network of {site}"),
        )

    def _stands_drained(self, run: Run) -> None:
        exercise, scenario, site = self._exercise, self._scenario, self._site
        checks.machines_as_written(scenario, site, self._drained, exercise.inventories(site)[site])
        disks = [f"{o.op} {o.name}" for o in run.changed if o.type == DISK]
        scenario.check(f"{site}: no data disk is made or removed", "none", disks[:5] or "none", not disks)

    def _missing_disks(self) -> list[str]:
        datastore = self._exercise.vcenters[self._site].folder / "datastores" / dataset_datastore(self._site)
        return [disk for disk in self._markers.disks if not (datastore / disk).exists()]
