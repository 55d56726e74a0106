"""What a drill must find: the tables that people wrote by hand, expanded to machines by name.

Nothing here knows the catalogue or asks the model. The tables are the drill's second opinion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, Literal

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.fields import Entity
from uitwijk.continuity.reading import Problems, read_yaml, validate
from uitwijk.drill.expectation_files import Organisations, Scenario, Standing

_ORGANISATIONS = "organisations.yaml"
_EVERY_OTHER = "all-other-services"
"""In `served_by`: whatever the organisation does not run itself."""


@dataclass(frozen=True)
class ExpectedDisk:
    """A data disk on replicated storage."""

    name: str
    gib: int
    datastore: str
    path: str
    """Below the datastore's root, the same at every site."""


@dataclass(frozen=True)
class ExpectedMachine:
    """One machine as an independent vSphere client must see it."""

    name: str
    organisation: str
    service: str
    role: str
    recovery_class: str
    vcpus: int
    memory_gib: int
    system: str
    network: str
    every_site: bool
    """Whether it stands at every site, all of them serving."""
    home: str
    disks: tuple[ExpectedDisk, ...]

    @property
    def folder(self) -> str:
        """Where it lies in the inventory, below the datacenter's folder of machines."""
        return f"uitwijk/{self.organisation}"

    @property
    def tags(self) -> dict[str, str]:
        """Tag by category."""
        return {"municipality": self.organisation, "service": self.service, "class": self.recovery_class}


@dataclass(frozen=True)
class ExpectedSeats:
    """Where an organisation's staff sit."""

    needed: int
    at: Mapping[str, int]
    """Seats by building."""
    short: int


@dataclass(frozen=True)
class ExpectedNumber:
    """A number block, by its first number."""

    served_by: tuple[str, ...]
    """Sites."""
    rings_at: Mapping[str, str]
    """Emergency location by building."""


@dataclass(frozen=True)
class ExpectedStep:
    """A manual step and its owner."""

    owner: str
    step: str
    until_promoted: bool
    """Whether it is asked for no longer once the dataset is declared promoted."""


@dataclass(frozen=True, eq=False)
class Expectations:
    """What must be true in one scenario once every stack was brought up."""

    scenario: str
    """`normal`, `S1`, `S2` or `S3`."""
    title: str
    lost: tuple[str, ...]
    """Sites to declare lost."""
    closed: tuple[str, ...]
    """Buildings to declare closed."""
    promoted: Mapping[str, str]
    """Site where the replica is promoted, by dataset."""
    machines: Mapping[str, Mapping[str, ExpectedMachine]]
    """By living site, then by name."""
    drained: Mapping[str, Mapping[str, ExpectedMachine]]
    """The same on the way back, while the site that was lost is declared drained; empty if nothing was lost."""
    returns: Literal["as-it-was", "rebuilt"]
    """How a lost site comes back: with its old machines running, or with an empty new vCenter and empty storage."""
    created: Mapping[str, int]
    """How many machines the calamity adds, by living site."""
    untouched: Mapping[str, int]
    """How many machines ran there before and must not be touched, by living site."""
    spare_host: Mapping[str, bool]
    """By living site: whether everything fits with its largest host left empty."""
    seats: Mapping[str, ExpectedSeats]
    numbers: Mapping[str, ExpectedNumber]
    """By `municipality/first number in E.164`."""
    processes_stopped: Mapping[str, Mapping[str, str]]
    """Why, by municipality and process; whatever is not named continues."""
    majority_goes_on: frozenset[str]
    manual_steps: tuple[ExpectedStep, ...]
    start_order: frozenset[tuple[str, str]]
    """Pairs of machine names: the first stands before the second is created, if both are created."""


def load_expectations(path: str | Path) -> Expectations:
    """The expectations of one scenario, from its file and `organisations.yaml` beside it.

    Raises:
        UitwijkError: with everything that is wrong in the two files, each with file and path to the value.
    """
    file = Path(path)
    problems = Problems()
    known = _read(file.with_name(_ORGANISATIONS), Organisations, problems)
    scenario = validate(Scenario, _merged(file, problems), file.name, problems) if not problems.lines else None
    if known is None or scenario is None:
        raise UitwijkError(problems.lines)
    tables = _Tables(known)
    tables.check(scenario, file.name, problems)
    if problems.lines:
        raise UitwijkError(problems.lines)
    return Expectations(
        scenario=scenario.scenario,
        title=scenario.title,
        lost=scenario.declared.lost,
        closed=scenario.declared.closed,
        promoted=scenario.promoted,
        machines=tables.standing(scenario),
        drained=tables.standing(scenario.while_drained) if scenario.while_drained else {},
        returns=scenario.returns,
        created=scenario.created,
        untouched=scenario.untouched,
        spare_host=scenario.spare_host,
        seats={who: ExpectedSeats(seats.needed, seats.at, seats.short) for who, seats in scenario.seats.items()},
        numbers={
            f"{municipality}/{first}": ExpectedNumber(
                scenario.numbers_served_by, {building: known.emergency_locations[building] for building in buildings}
            )
            for municipality, buildings in scenario.numbers_ring_at.items()
            for first in known.number_blocks[municipality]
        },
        processes_stopped=scenario.processes_stopped,
        majority_goes_on=frozenset(scenario.majority_goes_on),
        manual_steps=tuple(ExpectedStep(s.owner, s.step, s.until == "promoted") for s in scenario.manual_steps),
        start_order=frozenset(tables.order()),
    )


def town_hall_to_close(folder: Path) -> str | None:
    """The municipality whose town hall S1 closes unless somebody asks for another; None: the tables name none.

    Raises:
        UitwijkError: with everything that is wrong in `organisations.yaml`.
    """
    problems = Problems()
    known: Organisations | None = _read(folder / _ORGANISATIONS, Organisations, problems)
    if known is None:
        raise UitwijkError(problems.lines)
    return known.s1_closes


def _read(file: Path, kind: type[Entity], problems: Problems) -> Any:
    content = read_yaml(file, file.name, problems)
    return None if content is None else validate(kind, content, file.name, problems)


def _merged(file: Path, problems: Problems) -> Any:
    """The file's content; tables that it names in `as_in` give whatever line it has not."""
    content = read_yaml(file, file.name, problems)
    if not isinstance(content, dict) or "as_in" not in content:
        return content
    base_file = file.with_name(str(content.pop("as_in")))
    base = read_yaml(base_file, base_file.name, problems)
    if not isinstance(base, dict):
        return content
    return {
        key: {**base[key], **content[key]}
        if isinstance(base.get(key), dict) and isinstance(content.get(key), dict)
        else content.get(key, base.get(key))
        for key in {**base, **content}
    }


class _Tables:
    """`organisations.yaml`, expanded."""

    def __init__(self, known: Organisations) -> None:
        self._known = known
        self._group = {organisation: group for group in known.groups.values() for organisation in group.organisations}

    @cached_property
    def machines(self) -> dict[str, tuple[ExpectedMachine, ...]]:
        """By organisation."""
        return {organisation: tuple(self._machines(organisation)) for organisation in self._group}

    def _machines(self, organisation: str) -> Iterator[ExpectedMachine]:
        group = self._group[organisation]
        for key, row in group.machines.items():
            service, role = key.split("/")
            count = row.machines if isinstance(row.machines, int) else self._known.session_hosts[organisation]
            for number in range(1, count + 1):
                yield ExpectedMachine(
                    name=f"{organisation}-{service}-{role}-{number}",
                    organisation=organisation,
                    service=service,
                    role=role,
                    recovery_class=row.recovery_class,
                    vcpus=row.vcpus,
                    memory_gib=row.memory_gib,
                    system=row.system,
                    network=f"{organisation}-{row.network}",
                    every_site=row.stands == "every-site",
                    home=group.home,
                    disks=tuple(
                        ExpectedDisk(
                            disk, gib, f"data-{group.home}", f"{organisation}/{service}/{role}-{number}-{disk}.vmdk"
                        )
                        for disk, gib in row.disks_gib.items()
                    ),
                )

    def standing(self, table: Standing) -> dict[str, dict[str, ExpectedMachine]]:
        """The machines by site and name."""
        return {
            site: {
                machine.name: machine
                for organisation, machines in self.machines.items()
                for machine in machines
                if organisation in runs.everything_of
                or (organisation in runs.every_site_machines_of and machine.every_site)
            }
            for site, runs in table.runs.items()
        }

    def order(self) -> Iterator[tuple[str, str]]:
        """Pairs of machine names, the earlier first."""
        for rule in self._known.start_order:
            before, after = rule.split(" before ")
            for organisation, group in self._group.items():
                later = self._named(organisation, after)
                earlier = self._named(organisation, before)
                if later and not earlier:
                    service = before.split("/")[0]
                    server = group.served_by.get(service) or group.served_by.get(_EVERY_OTHER)
                    earlier = self._named(server, before) if server else ()
                yield from product(earlier, later)

    def _named(self, organisation: str, what: str) -> tuple[str, ...]:
        return tuple(
            machine.name
            for machine in self.machines[organisation]
            if what in (machine.service, f"{machine.service}/{machine.role}")
        )

    def check(self, scenario: Scenario, file: str, problems: Problems) -> None:
        """Adds what the tables contradict each other in."""
        self._check_organisations(problems)
        if not problems.lines:
            self._check_scenario(scenario, file, problems)

    def _check_organisations(self, problems: Problems) -> None:
        known, file = self._known, _ORGANISATIONS
        roles = {key for group in known.groups.values() for key in group.machines}
        listed = [organisation for group in known.groups.values() for organisation in group.organisations]
        sized = {
            who
            for who, group in self._group.items()
            for row in group.machines.values()
            if row.machines == "session-hosts"
        }
        for organisation in sorted({each for each in listed if listed.count(each) > 1}):
            problems.add(f"{file}: groups", f"{organisation} stands in two groups")
        for organisation in sorted(sized - set(known.session_hosts)):
            problems.add(f"{file}: session_hosts.{organisation}", "is missing")
        _known(f"{file}: session_hosts", known.session_hosts, sized, problems)
        _known(f"{file}: number_blocks", known.number_blocks, self._group, problems)
        _known(f"{file}: s1_closes", filter(None, [known.s1_closes]), known.number_blocks, problems)
        for name, group in known.groups.items():
            _known(f"{file}: groups.{name}.served_by", group.served_by.values(), self._group, problems)
        for rule in known.start_order:
            things = roles | {role.split("/")[0] for role in roles}
            _known(f"{file}: start_order", rule.split(" before "), things, problems)

    def _check_scenario(self, scenario: Scenario, file: str, problems: Problems) -> None:
        places, municipalities = self._known.emergency_locations, self._known.number_blocks
        self._check_standing(scenario, f"{file}: ", problems)
        if scenario.while_drained:
            self._check_standing(scenario.while_drained, f"{file}: while_drained.", problems)
        for site, created in scenario.created.items():
            if created + scenario.untouched.get(site, 0) != scenario.machines.get(site):
                what = f"{created} and the untouched ones are not all machines there"
                problems.add(f"{file}: created.{site}", what)
        _known(f"{file}: seats", scenario.seats, self._group, problems)
        for who, seats in scenario.seats.items():
            _known(f"{file}: seats.{who}.at", seats.at, places, problems)
            if sum(seats.at.values()) + seats.short != seats.needed:
                problems.add(f"{file}: seats.{who}", f"at and short do not add up to the {seats.needed} needed")
        _known(f"{file}: numbers_ring_at", scenario.numbers_ring_at, municipalities, problems)
        for municipality, buildings in scenario.numbers_ring_at.items():
            _known(f"{file}: numbers_ring_at.{municipality}", buildings, places, problems)
        _known(f"{file}: processes_stopped", scenario.processes_stopped, municipalities, problems)
        _known(f"{file}: majority_goes_on", scenario.majority_goes_on, municipalities, problems)
        _known(f"{file}: declared.closed", scenario.declared.closed, places, problems)

    def _check_standing(self, table: Standing, place: str, problems: Problems) -> None:
        for site, runs in table.runs.items():
            who = (*runs.everything_of, *runs.every_site_machines_of)
            _known(f"{place}runs.{site}", who, self._group, problems)
        for site, machines in self.standing(table).items():
            stated = table.machines.get(site)
            if stated != len(machines):
                problems.add(f"{place}machines.{site}", f"{stated}, but the tables give {len(machines)}")


def _known(place: str, names: Iterable[str], allowed: Iterable[str], problems: Problems) -> None:
    for unknown in sorted(set(names) - set(allowed)):
        problems.add(place, f"{unknown} is unknown; there are: {', '.join(sorted(allowed))}")
