"""The living side of a drill: guests, and those who call and work with them while the scenarios are played."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from uitwijk.continuity.region import Machine, Region, dataset_datastore
from uitwijk.continuity.secrets import CARRIER_PASSWORD, made_at_site
from uitwijk.drill import observations
from uitwijk.drill.acts import Acts
from uitwijk.drill.exercise import Exercise
from uitwijk.drill.expectations import Expectations, ExpectedMachine
from uitwijk.drill.guests.guests import Guests, Watched
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players import work
from uitwijk.drill.players.buildings import Buildings
from uitwijk.drill.players.listening import await_listening
from uitwijk.drill.players.names import ExpectedNames
from uitwijk.drill.players.outside import Outside
from uitwijk.drill.players.pairs import every_pair
from uitwijk.drill.players.people import Account, give_accounts
from uitwijk.drill.players.telephony import Telephony
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import NUMBER, Continuity, GuestsReport, JudgedCall, Trouble
from uitwijk.running.engine import Engine
from uitwijk.simulated.vcenter import USER

_LIVE_SECONDS = 180.0
"""How long guests may take until they live once their machines are on; a machine that fails is noticed at once."""
_PASSWORD = "random:index/randomPassword:RandomPassword"

Standing = Mapping[str, Mapping[str, ExpectedMachine]]
"""By site and name: the machines that people wrote down."""


class Life:
    """Living guests in a drill, with carrier, telephones, clerks, printers and the internet's name server.

    Args:
        exercise: what the guests live in; its sites must be up.
        template: what guests stand on.
    """

    def __init__(self, exercise: Exercise, template: Template) -> None:
        self._exercise = exercise
        self.region = exercise.region
        self._template = template
        self._secrets: dict[str, dict[str, str]] = {}
        self._reported: int = 0
        self._memory = 0.0

    @contextlib.contextmanager
    def open(self) -> Iterator[Life]:
        """Everybody is there; guests come alive as soon as their machines are powered on.

        Raises:
            UitwijkError: an address is taken, or a program does not start.
        """
        exercise, region = self._exercise, self.region
        folder = exercise.folder / "life"
        with contextlib.ExitStack() as stack:
            self.loopback = stack.enter_context(Loopback.reserve(region))
            self.guests = Guests(folder / "guests", self._template, self.loopback, region)
            self.guests.on_trouble = self._trouble
            stack.enter_context(self.guests)
            stack.enter_context(Outside(folder / "outside", region, self.loopback, self._template))
            self.buildings = stack.enter_context(Buildings(folder / "print-queues", region, self.loopback))
            self.telephony = stack.enter_context(
                Telephony(
                    folder,
                    self._template,
                    self.loopback,
                    region,
                    self._secrets,
                    exercise.sites.shared[CARRIER_PASSWORD],
                )
            )
            self.accounts: Mapping[str, Account] = give_accounts(region, region.municipalities, self._contents)
            exercise.evidence.forbid(account.login.password for account in self.accounts.values())
            for site in exercise.vcenters:
                self.follow(site)
            yield self

    def _trouble(self, trouble: Trouble) -> None:
        self._exercise.evidence.event("find trouble", f"{trouble.guest} at {trouble.site}", str(trouble))
        self._exercise.progress.note(f"[red]{trouble}[/red]")

    def follow(self, site: str) -> None:
        """The site's vCenter can be watched: at the start, when the site comes back, when it is rebuilt."""
        vcenter = self._exercise.vcenters[site]
        self.guests.follow(
            site, Watched(vcenter.address.server, USER, vcenter.password, vcenter.address.ca, vcenter.folder)
        )

    def settle(self, acts: Acts, standing: Standing, status: Mapping[str, Any]) -> None:
        """After both stacks were brought up for the first time: guests live, staff sit down."""
        self.await_guests(acts, standing)
        self.learn_secrets(*self._exercise.region.sites)
        with acts.step("staff sit down, telephones log in at both sites") as step:
            step.result = self._seat(status)

    def await_guests(self, acts: Acts, standing: Standing) -> None:
        """Waits until every guest lives that should, by what people wrote down."""
        with acts.step("wait until the guests live") as step:
            counts = []
            for site, machines in standing.items():
                wanted = self.guests.taking_part & machines.keys()
                self.guests.await_living(site, wanted, _LIVE_SECONDS)
                runs = {name: site for name in wanted if not machines[name].every_site}
                await_listening(self.region, self.loopback, runs, _LIVE_SECONDS)
                living = self.guests.living(site)
                counts.append(f"{len(living)} at {site}")
                acts.scenario.check(
                    f"{site}: the guests that live are those of the machines that should run",
                    f"{len(wanted)} guests",
                    f"{len(living)} guests",
                    living == wanted,
                )
            step.result = ", ".join(counts)

    def learn_secrets(self, *sites: str) -> None:
        """The telephones of a site's call servers are given their passwords, by whoever keeps the site's stack."""
        for site in sites:
            self._secrets[site] = _telephone_secrets(self.region, self._exercise.engines[site], site)
            self._exercise.evidence.forbid(self._secrets[site].values())

    def close(self, building: str) -> None:
        """Nothing in the building works any more, and nobody sits there."""
        self.buildings.close(building)
        self.telephony.telephones.building_closed(building)

    def reopen(self, building: str) -> None:
        """The building can be used again."""
        self.buildings.open(building)
        self.telephony.telephones.building_opened(building)

    def move(self, acts: Acts, status: Mapping[str, Any]) -> None:
        """Staff sit where the placement says, and log in at the telephones there."""
        with acts.step("staff log in at the telephones where they now sit") as step:
            step.result = self._seat(status)

    def _seat(self, status: Mapping[str, Any]) -> str:
        logins = self.telephony.telephones.sit(status["numbers"])
        refused = [login.sentence for login in logins if login.outcome == "refused"]
        return "; ".join(refused[:3]) if refused else f"{len(self.telephony.telephones.accounts)} numbers logged in"

    def observe(
        self, acts: Acts, when: str, status: Mapping[str, Any], expected: Expectations | None, standing: Standing
    ) -> None:
        """Calls every number, 112 from every building, asks every name, and has every municipality do its work.

        Args:
            when: before, during or after.
            expected: what people wrote down; None: what the model says must hold.
            standing: the machines that people wrote down, by living site.
        """
        scenario, region = acts.scenario, self.region
        with acts.step(f"call, ask and work, {when} the calamity") as step:
            calls = self.telephony.round(when, status["numbers"])
            scenario.calls(calls)
            observations.calls_answered(scenario, when, calls)
            names = self.names(standing).observe(when, list(standing))
            scenario.names(names)
            observations.names_lead(scenario, when, names)
            observed = work.observe(
                region,
                self.loopback,
                self.accounts,
                self.buildings,
                when=when,
                placement=status,
                calls=_unanswered(calls, region.municipalities),
            )
            scenario.transactions(observed.transactions)
            if when == "during":
                scenario.continuity(observed.continuity)
                pairs = every_pair(region, self.loopback, self.accounts, when=when, placement=status)
                scenario.transactions(pairs)
                observations.registers_apart(scenario, when, pairs)
            stopped = expected.processes_stopped if expected else _stopped(status)
            majority = expected.majority_goes_on if expected else _majority(status)
            urgent = [slug for slug, process in region.processes.items() if process.recovery_class.urgent]
            observations.work_goes_on(scenario, when, observed.continuity, stopped, majority, urgent)
            observations.documents_issued(scenario, when, observed.transactions)
            self._memory = max(self._memory, self.guests.memory_mib())
            step.result = _in_short(observed.continuity, len(calls))

    def names(self, standing: Standing) -> ExpectedNames:
        """Where the names of cold machines should lead."""
        return ExpectedNames(
            self.region,
            self.loopback,
            {
                name: site
                for site, machines in standing.items()
                for name, machine in machines.items()
                if not machine.every_site and name in self.guests.taking_part
            },
        )

    def conclude(self, scenario: Scenario) -> None:
        """Writes down which guests lived, and what went wrong with any since the scenario before."""
        troubles = self.guests.troubles()
        new, self._reported = troubles[self._reported :], len(troubles)
        scenario.guests(
            GuestsReport(
                living={site: len(self.guests.living(site)) for site in self._exercise.vcenters},
                taking_part=len(self.guests.taking_part),
                idle=dict(self.guests.idle),
                memory_mib=round(self._memory),
                troubles=list(new),
                shortened=dict(self.guests.skipped),
            )
        )
        observations.guests_unharmed(scenario, new, self._memory)

    def _contents(self, site: str, machine: Machine, disk: str) -> Path:
        """The folder with what is on a data disk at a site."""
        datastore = dataset_datastore(self.region.workloads[machine.workload].home)
        path = self._exercise.vcenters[site].folder / "datastores" / datastore / machine.disk_path(disk)
        return path.with_name(f"{path.name.removesuffix('.vmdk')}.contents")


def _telephone_secrets(region: Region, engine: Engine, site: str) -> dict[str, str]:
    """The secret of each number block, by its key, from the state of the site's stack."""
    exchanges = [region.workloads[key] for key in dict.fromkeys(map(region.exchange, region.municipalities)) if key]
    keys = {name: key for exchange in exchanges for key, name in made_at_site(region, exchange).items()}
    state = json.loads(engine.pulumi.export(site, show_secrets=True))
    found = {}
    for resource in state["deployment"]["resources"]:
        name = resource["urn"].rsplit("::", 1)[1]
        if resource["type"] == _PASSWORD and name in keys:
            found[keys[name]] = json.loads(resource["outputs"]["result"]["plaintext"])
    return found


def _unanswered(calls: Sequence[JudgedCall], municipalities: Mapping[str, Any]) -> dict[str, str | None]:
    """Why calls to a municipality's numbers were not answered as they should; None: they were."""
    found: dict[str, str | None] = {}
    for municipality in municipalities:
        own = [call for call in calls if call.kind == NUMBER and call.municipality == municipality]
        why = next((call.why for call in own if call.verdict != "passed"), None)
        found[municipality] = why if own else "its numbers do not ring"
    return found


def _stopped(status: Mapping[str, Any]) -> dict[str, list[str]]:
    return {who: list(each["stopped"]) for who, each in status["processes"].items()}


def _majority(status: Mapping[str, Any]) -> list[str]:
    return [who for who, each in status["processes"].items() if each["majority"]]


def _in_short(continuity: Mapping[str, Continuity], calls: int) -> str:
    """One line for the terminal: who does not do all of the work, and everybody else."""
    partly = [f"{who}: {each.sentence}" for who, each in continuity.items() if each.stopped]
    whole = len(continuity) - len(partly)
    rest = f"{whole} municipalities: all processes" if whole else ""
    return "; ".join(filter(None, [*partly, rest, f"{calls} calls"]))
