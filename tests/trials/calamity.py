"""A site is lost and comes back, phase by phase; each run is killed once: `uitwijk recover` and one `up` lead out."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.engine.mishaps import disorder, ever_ran_twice, typed, uitwijk
from tests.engine.stage import Stage
from tests.engine.storage import Storage, give_back, lose
from tests.engine.waiting import wait_until
from tests.trials.points import STEPS, STEPS_OF_RECOVER, Point
from uitwijk.wording import up_command


@dataclass
class Kill:
    """One kill, and what it took to put everything in order."""

    phase: str
    point: Point
    reached: bool
    """Whether it was killed there: else the run had ended before."""
    found: dict[str, int] = field(default_factory=dict)
    """What `uitwijk recover` found, by what it did."""
    recover_seconds: float = 0.0
    wrong: str = ""
    """What was not as it must be; empty: nothing."""


class Calamity:
    """The home site of a stage is lost and comes back, once.

    Args:
        stage: both of its stacks are initialised, nothing runs.
        seed: chooses the points.
    """

    def __init__(self, stage: Stage, seed: str) -> None:
        self._stage = stage
        self._chance = random.Random(seed)
        self._storage = Storage(stage)
        self._written: list[str] = []
        self._machines = len(stage.cold(stage.home))
        self._drained: datetime | None = None

    def play(self) -> Iterator[Kill]:
        """Every kill, once it was tried to put everything in order after it; what it left wrong spoils the rest."""
        stage, storage = self._stage, self._storage
        stage.up()
        self._write(stage.home)
        storage.lost.add(stage.home)
        lose(stage, stage.home)
        lost = {"sites": {stage.home: "lost"}, "closed_buildings": {stage.ground.building: {}}}
        stage.declare_next(**lost, data={stage.home: stage.other})
        yield from self._phase("failover", stage.other)

        self._write(stage.other)
        give_back(stage, stage.home)
        stage.declare_next(sites={stage.home: "drained"}, data={stage.home: stage.other})
        yield from self._phase("drain", stage.home)

        storage.lost.clear()
        self._write(stage.other)
        stage.declare_next(data={stage.home: stage.other})
        yield from self._phase("release", stage.other)

        storage.replicate()
        stage.declare_next()
        yield from self._phase("take back", stage.home)

    def _write(self, site: str) -> None:
        mark = f"line-{len(self._written)}"
        self._storage.write(site, mark)
        self._written.append(mark)
        self._storage.replicate()

    def _phase(self, phase: str, site: str) -> Iterator[Kill]:
        kill = self._killed_run(phase, site)
        killed_too = self._killed_recover(site)
        kill.wrong = self._put_in_order(site, kill, phase, killed_too.found)
        if killed_too.reached:
            killed_too.wrong = kill.wrong
            yield killed_too
        yield kill

    def _killed_run(self, phase: str, site: str) -> Kill:
        stage = self._stage
        point = Point.chosen(self._chance, STEPS[phase], self._machines)
        point.lay(stage, site)
        with ThreadPoolExecutor() as pool:
            run = pool.submit(stage.up, site, expect_failure=True)
            reached = _killed_at(point, stage, site, run.done)
            stage.heal(site)
            run.result()
        return Kill(phase, point, reached)

    def _killed_recover(self, site: str) -> Kill:
        stage = self._stage
        point = Point.chosen(self._chance, STEPS_OF_RECOVER, self._machines, lone=True)
        point.lay(stage, site)
        with typed(stage, site, "recover", site, "--yes", "--json") as process, ThreadPoolExecutor() as pool:
            end = pool.submit(process.communicate)
            reached = _killed_at(point, stage, site, end.done)
            stage.heal(site)
            told, _ = end.result()
        return Kill("recover", point, reached, _found(told) if told else {})

    def _put_in_order(self, site: str, kill: Kill, phase: str, before: Mapping[str, int]) -> str:
        """What is wrong after `uitwijk recover` and the `up` that it names; empty: nothing."""
        stage = self._stage
        began = time.monotonic()
        said = uitwijk(stage, site, "recover", site, "--yes", "--json")
        kill.recover_seconds = time.monotonic() - began
        if said.returncode:
            return f"uitwijk recover: {said.stdout.strip()} {said.stderr.strip()}"
        kill.found = dict(Counter(before) + Counter(_found(said.stdout)))
        if (advised := json.loads(said.stdout)["next"]) != up_command(site):
            return f"the next command: {advised}"
        if (run := stage.up(site, expect_failure=True)[site]).code:
            return f"pulumi up: {run.errors}"
        if wrong := disorder(stage, site):
            return wrong
        writable = stage.situation.data[stage.home]
        if (data := self._storage.read(writable)) != dict.fromkeys(self._storage.disks, self._written):
            return f"data disks: {data}"
        return self._twice(phase)

    def _twice(self, phase: str) -> str:
        """While home is lost nobody can stop what still runs there: from the end of its drain, nothing runs twice."""
        if phase == "failover":
            return ""
        if self._drained is None:
            self._drained = datetime.now(UTC)
        running = [{m.name for m in self._stage.inventory(s).machines if m.powered_on} for s in self._stage.vcenters]
        cold = self._stage.cold(self._stage.home)
        both = set.intersection(*running) & cold | ever_ran_twice(self._stage, after=self._drained)
        return f"ran at both sites: {sorted(both)}" if both else ""


def _killed_at(point: Point, stage: Stage, site: str, ended: Callable[[], bool]) -> bool:
    """Kills at the point; whether it was reached before all had `ended`."""
    wait_until(lambda: ended() or point.reached(stage, site))
    if ended():
        return False
    point.strike(stage.sites.offices[site].home)
    return True


def _found(told: str) -> dict[str, int]:
    """What `uitwijk recover --json` told of, by what it did."""
    return dict(Counter(each["act"] for each in json.loads(told)["found"]))
