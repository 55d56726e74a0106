"""S2 and S3: a site is lost with its ICT; the survivor runs everything; then the way back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from uitwijk.continuity.catalogue import RecoveryClass
from uitwijk.continuity.facts import StackFacts
from uitwijk.drill import checks
from uitwijk.drill.acts import Acts
from uitwijk.drill.coming_back import ComingBack
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import Expectations
from uitwijk.drill.life import Life
from uitwijk.drill.markers import Markers
from uitwijk.drill.observers import LossObserver
from uitwijk.drill.privileges import methods_explained
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.scenario_report import LostMarker
from uitwijk.observe.inventory import Inventory
from uitwijk.running.engine import Run

BEFORE, LATE, SURVIVOR = "before-the-last-replication", "after-the-last-replication", "written-at-the-survivor"


@dataclass(frozen=True)
class Milestones:
    """The steps without which a site's loss has not been exercised; what was not reached is named in the evidence."""

    lost: str
    survivor: str
    rebuilt: bool
    """Whether the lost site comes back with a new vCenter."""

    @property
    def cut(self) -> str:
        """The site is lost."""
        return f"cut off {self.lost}: vCenter, storage, state and secrets"

    @property
    def fail_over(self) -> str:
        """The survivor takes everything."""
        return f"fail over to {self.survivor}"

    @property
    def drain(self) -> str:
        """The site is back."""
        if self.rebuilt:
            return f"bring up {self.lost} as drained, on its new vCenter"
        return f"drain {self.lost}: its old machines go, its data disks stay"

    @property
    def release(self) -> str:
        """The survivor gives back."""
        return f"release at {self.survivor}"

    @property
    def take_back(self) -> str:
        """The site runs its own again."""
        return f"take back at {self.lost}"

    @property
    def all(self) -> tuple[str, ...]:
        """In their order."""
        return (self.cut, self.fail_over, self.drain, self.release, self.take_back)


class SiteLoss:
    """One site is lost, the other takes over, the lost one returns.

    Args:
        expected: what people wrote down for the calamity.
        normal: what they wrote down for a normal day.
        life: None: machines only.
    """

    def __init__(
        self,
        exercise: Exercise,
        scenario: Scenario,
        expected: Expectations,
        normal: Expectations,
        life: Life | None,
    ) -> None:
        self._exercise = exercise
        self._scenario = scenario
        self._acts = Acts(exercise, scenario)
        self._expected = expected
        self._normal = normal
        self._lost = expected.lost[0]
        self._survivor = next(site for site in exercise.region.sites if site != self._lost)
        self._milestones = Milestones(self._lost, self._survivor, expected.returns == "rebuilt")
        self._markers = Markers(self._lost, normal.machines[self._lost])
        self._first: dict[str, Inventory] = {}
        self._state: StackFacts | None = None
        self._people = LossObserver(life, self._acts, self._lost, self._survivor, expected, normal)

    def play(self) -> None:
        """The whole scenario."""
        status = self._exercise.status()
        self._scenario.placement("before", status)
        self._first = self._exercise.inventories(*self._exercise.region.sites)
        self._people.before(status)
        self._lose(status)
        self._fail_over()
        self._come_back()
        self._fail_back()

    def _folder(self, site: str) -> Path:
        return self._exercise.vcenters[site].folder

    def _lose(self, status: Mapping[str, Any]) -> None:
        exercise, markers, people = self._exercise, self._markers, self._people
        with self._acts.step(self._milestones.cut) as step:
            markers.write(self._folder(self._lost), BEFORE)
            people.write("before", status)
            exercise.replication.cycle()
            with exercise.replication.paused():
                markers.write(self._folder(self._lost), LATE)
                people.write("late", status)
                self._cut_at = time.monotonic()
                people.cut(self._cut_at)
                self._state = (
                    exercise.engines[self._lost].pulumi.facts(self._lost) if exercise.sites.databases else None
                )
                exercise.lose(self._lost)
            step.result = f"{len(markers.disks)} data disks marked, then nothing of {self._lost} can be read"

    def _fail_over(self) -> None:
        exercise, scenario, acts = self._exercise, self._scenario, self._acts
        lost, survivor, expected = self._lost, self._survivor, self._expected
        vcenter = exercise.vcenters[survivor]
        mark = vcenter.mark()
        declared_at = scenario.declared()
        closed = [word for building in expected.closed for word in ("closed", building)]
        acts.declare("lost", lost, *closed, reason=f"drill: {lost} is lost")
        before_promotion = exercise.status()
        self._people.relocated(before_promotion)
        acts.refused(survivor, name="without promotion nothing starts on old data", because=f"dataset {lost}")
        acts.declare("promoted", lost, "--at", survivor, reason="drill: the storage administrator promoted the replica")
        plan = acts.preview(survivor, name=f"preview the failover to {survivor}")[survivor]
        runs = acts.up(survivor, name=self._milestones.fail_over, totals={survivor: expected.created[survivor]})
        status = exercise.status()
        scenario.placement("during", status)
        acts.left_to_people(status)

        with acts.step(f"check the vCenter of {survivor}, people, numbers and data"):
            now = exercise.inventories(survivor)[survivor]
            observed = vcenter.observed(mark)
            self._plan_kept(plan, runs[survivor])
            wanted = expected.machines[survivor]
            checks.machines_as_written(scenario, survivor, wanted, now)
            checks.data_disks_there(scenario, survivor, wanted, now)
            ran = [machine.name for machine in self._first[survivor].machines]
            scenario.check(
                f"{survivor}: machines that ran before",
                expected.untouched[survivor],
                len(ran),
                len(ran) == expected.untouched[survivor],
            )
            checks.untouched(scenario, survivor, self._first[survivor], now, observed, ran)
            checks.start_order(scenario, survivor, expected, observed)
            checks.people_and_numbers(scenario, expected, status)
            checks.manual_steps(scenario, expected, before_promotion, promoted=False)
            checks.manual_steps(scenario, expected, status, promoted=True)
            spare = status["capacity"][survivor]["spare_host"]
            scenario.check(
                f"{survivor}: one host is spare",
                expected.spare_host[survivor],
                spare,
                spare == expected.spare_host[survivor],
            )
            self._data_after_loss()
            powered_on = {
                event["vm"]: datetime.fromisoformat(event["at"])
                for event in observed["power"]
                if event["state"] == checks.POWERED_ON
            }
            self._recovery_times(powered_on, declared_at)
        self._people.during(status, powered_on)
        acts.nothing_left(survivor)
        if self._state is not None:
            self._restore_state(self._state)
        checks.nobody_asked(scenario, lost, exercise.vcenters[lost].observed())

    def _restore_state(self, before: StackFacts) -> None:
        """Only now: nothing of it was needed to fail over."""
        lost, survivor = self._lost, self._survivor
        with self._acts.step(f"restore the state of {lost} at {survivor}, from the copy there") as step:
            restored = self._exercise.restored_state(lost)
            step.result = _holding(restored)
            self._scenario.check(
                f"the state of {lost}, lost with its database, is at {survivor}",
                _holding(before),
                step.result,
                restored == before,
            )

    def _plan_kept(self, plan: Run, done: Run) -> None:
        planned, did = sorted(plan.machines("create")), sorted(done.machines("create"))
        created = self._expected.created[self._survivor]
        self._scenario.check(
            "the failover creates what its preview showed", created, len(did), planned == did and len(did) == created
        )
        others = [f"{o.op} {o.name}" for o in done.changed if o.op not in ("create",) and o.type.startswith("vsphere:")]
        self._scenario.check("the failover only creates", "nothing else", others[:5] or "nothing else", not others)

    def _data_after_loss(self) -> None:
        found = self._markers.found(self._folder(self._survivor))
        with_old = [disk for disk, marks in found.items() if BEFORE in marks]
        with_late = [disk for disk, marks in found.items() if LATE in marks]
        total = len(self._markers.disks)
        self._scenario.check(
            f"data of {self._lost}: what was written before the last replication is there",
            f"in {total} disks",
            f"in {len(with_old)} disks",
            total > 0 and len(with_old) == total,
        )
        age = self._markers.age(LATE, self._cut_at)
        self._scenario.check(
            f"data of {self._lost}: what was written after it is lost, and counted",
            "in no disk",
            f"in {len(with_late)} disks",
            not with_late,
        )
        self._scenario.data_loss(self._lost, [BEFORE], [LostMarker(marker=LATE, age_seconds=age)])
        self._markers.write(self._folder(self._survivor), SURVIVOR)

    def _recovery_times(self, powered_on: Mapping[str, datetime], declared_at: datetime) -> None:
        wanted = self._expected.machines[self._survivor]
        created = [machine for machine in wanted.values() if machine.name not in self._first[self._survivor].by_name]
        for recovery_class in RecoveryClass:
            machines = [machine.name for machine in created if machine.recovery_class == recovery_class]
            if machines:
                all_on = all(name in powered_on for name in machines)
                last = max(powered_on[name] for name in machines) if all_on else None
                seconds = (last - declared_at).total_seconds() if last else None
                self._scenario.recovery(recovery_class, recovery_class.hours, seconds, len(machines))

    def _come_back(self) -> None:
        lost, survivor = self._lost, self._survivor
        back = ComingBack(
            self._exercise,
            self._scenario,
            self._expected,
            self._normal.machines[lost],
            self._markers,
            self._first[lost],
            self._people,
        )
        if self._expected.returns == "rebuilt":
            back.rebuilt(self._milestones.drain)
        else:
            back.as_it_was(self._milestones.drain)
        self._acts.up(survivor, name=f"bring up {survivor}: nothing moves yet")

    def _fail_back(self) -> None:
        exercise, scenario, acts = self._exercise, self._scenario, self._acts
        lost, survivor, created = self._lost, self._survivor, self._expected.created[self._survivor]
        opened = [word for building in self._expected.closed for word in ("opened", building)]
        scenario.failback()
        acts.declare("normal", lost, *opened, reason="drill: failback")
        acts.refused(lost, name="nothing is taken back before it is released", because=survivor)
        acts.up(survivor, name=self._milestones.release, totals={survivor: created})
        with acts.step("replicate the last changes, then promote at home"):
            exercise.replication.cycle()
        acts.declare(
            "promoted", lost, "--at", lost, reason="drill: the storage administrator promoted the data at home"
        )
        acts.up(lost, name=self._milestones.take_back, totals={lost: created})
        acts.up(survivor, name=f"bring up {survivor}: every sequence ends with an up of both")
        with acts.step("check that both vCenters are as they were"):
            now = exercise.inventories(*exercise.region.sites)
            for site in exercise.region.sites:
                recreated = self._recreated() if site == lost else set()
                checks.same_inventory(scenario, site, self._first[site], now[site], recreated)
                checks.machines_as_written(scenario, site, self._normal.machines[site], now[site])
            found = self._markers.found(self._folder(lost))
            kept = [disk for disk, marks in found.items() if {BEFORE, SURVIVOR} <= marks and LATE not in marks]
            total = len(self._markers.disks)
            scenario.check(
                f"data of {lost}: what the survivor wrote is there after failback",
                f"in {total} disks",
                f"in {len(kept)} disks",
                len(kept) == total,
            )
            status = exercise.status()
            scenario.placement("after", status)
        self._people.after(status)
        acts.nothing_left(*exercise.region.sites)
        for site in exercise.region.sites:
            methods_explained(scenario, site, exercise.vcenters[site].observed())

    def _recreated(self) -> set[str]:
        """The machines of the lost site that cannot be the first ones any more."""
        machines = self._normal.machines[self._lost]
        rebuilt = self._expected.returns == "rebuilt"
        return {name for name, machine in machines.items() if rebuilt or not machine.every_site}


def _holding(facts: StackFacts) -> str:
    return f"epoch {facts.epoch}, {len(facts.machines)} machines, {len(facts.disks)} data disks"
