"""The checks of a drill: what stands at a vCenter against what people wrote down, never against Pulumi's own word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from uitwijk.drill.expectations import Expectations, ExpectedMachine
from uitwijk.evidence.scenario import Scenario
from uitwijk.observe.inventory import Inventory, VirtualMachine

POWERED_ON = "poweredOn"
"""vSphere's own word for the state in a power event."""
_SHOWN = 5


def differences(expected: Mapping[str, Any], observed: Mapping[str, Any]) -> list[str]:
    """What differs between two mappings, one phrase a key, for a person."""
    found = []
    for key in sorted(set(expected) | set(observed)):
        if key not in observed:
            found.append(f"{key} is missing")
        elif key not in expected:
            found.append(f"{key} should not be there")
        elif expected[key] != observed[key]:
            found.append(f"{key}: {observed[key]} instead of {expected[key]}")
    return found


def judge(scenario: Scenario, name: str, expected: object, observed: object, wrong: Sequence[str]) -> None:
    """One check that passes if nothing is wrong, and else names what is."""
    shown = "; ".join(wrong[:_SHOWN]) + (f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else "")
    scenario.check(name, expected, shown if wrong else observed, not wrong)


def machines_as_written(
    scenario: Scenario, site: str, expected: Mapping[str, ExpectedMachine], inventory: Inventory
) -> None:
    """Every machine that should run at the site runs, as it should be, and no other exists."""
    present = {machine.name: machine for machine in inventory.machines}
    judge(
        scenario,
        f"{site}: the machines that should stand there, and no others",
        f"{len(expected)} machines",
        f"{len(present)} machines",
        differences(dict.fromkeys(expected, "there"), dict.fromkeys(present, "there")),
    )
    both = sorted(set(expected) & set(present))
    off = [f"{name} is powered off" for name in both if not present[name].powered_on]
    judge(scenario, f"{site}: they run", "all powered on", "all powered on", off)
    aspects = {
        "size (vCPUs, GiB)": (lambda e: (e.vcpus, float(e.memory_gib)), lambda m: (m.vcpus, float(m.memory_gib))),
        "network": (lambda e: (e.network,), lambda m: m.networks),
        "folder": (lambda e: e.folder, lambda m: m.folder),
        "tags": (lambda e: e.tags, lambda m: dict(m.tags)),
        "data disks": (
            lambda e: sorted((disk.datastore, disk.path) for disk in e.disks),
            lambda m: sorted((d.datastore, d.path) for d in m.disks if d.datastore != "local"),
        ),
        "cloud-init": (lambda _: True, lambda m: bool(m.user_data and m.user_data.startswith("#cloud-config"))),
    }
    for aspect, (wanted, seen) in aspects.items():
        wrong = differences(
            {name: wanted(expected[name]) for name in both},  # type: ignore[no-untyped-call]
            {name: seen(present[name]) for name in both},  # type: ignore[no-untyped-call]
        )
        judge(
            scenario,
            f"{site}: {aspect} of every machine",
            "as written down",
            f"{len(both)} machines as written down",
            wrong,
        )


def data_disks_there(
    scenario: Scenario, site: str, expected: Mapping[str, ExpectedMachine], inventory: Inventory
) -> None:
    """Data disks have the size that was written down."""
    sizes = {(m.name, d.path): d.size_gib for m in inventory.machines for d in m.disks}
    wrong = [
        f"{machine.name}: {disk.path} has {sizes.get((machine.name, disk.path))} GiB instead of {disk.gib}"
        for machine in expected.values()
        for disk in machine.disks
        if sizes.get((machine.name, disk.path)) != disk.gib
    ]
    disks = sum(len(machine.disks) for machine in expected.values())
    judge(scenario, f"{site}: size of the data disks", "as written down", f"{disks} disks as written down", wrong)


def identity(machine: VirtualMachine) -> tuple[str, str, str]:
    """What stays the same as long as nobody recreates the machine."""
    return (machine.instance_uuid, machine.bios_uuid, machine.id)


def untouched(
    scenario: Scenario,
    site: str,
    before: Inventory,
    after: Inventory,
    observed: Mapping[str, Any],
    names: Iterable[str],
) -> None:
    """The machines `names` are the very same ones as before, and nobody switched them or changed them."""
    watched = sorted(names)
    wrong = differences(
        {name: identity(before.by_name[name]) for name in watched if name in before.by_name},
        {name: identity(after.by_name[name]) for name in watched if name in after.by_name},
    )
    judge(
        scenario,
        f"{site}: machines that ran before are the same",
        "same instance UUIDs",
        f"{len(watched)} the same",
        wrong,
    )
    events = [
        f"{event['vm']} was {event.get('state') or kind}"
        for kind in ("power", "reconfigured", "destroyed")
        for event in observed.get(kind, ())
        if event["vm"] in set(watched)
    ]
    judge(
        scenario, f"{site}: nothing happened to them", "no power event, no change", "no power event, no change", events
    )


def start_order(scenario: Scenario, site: str, expected: Expectations, observed: Mapping[str, Any]) -> None:
    """What others depend on was powered on before them."""
    order = {event["vm"]: event["order"] for event in observed["power"] if event["state"] == POWERED_ON}
    pairs = [(first, then) for first, then in expected.start_order if first in order and then in order]
    wrong = [f"{then} was powered on before {first}" for first, then in sorted(pairs) if order[then] < order[first]]
    if not pairs:
        wrong = ["no machine was seen to be powered on"]
    judge(scenario, f"{site}: order of power-on", "what others need first", f"{len(pairs)} pairs in order", wrong)


def people_and_numbers(scenario: Scenario, expected: Expectations, status: Mapping[str, Any]) -> None:
    """Seats, numbers with their emergency locations, processes and manual steps are those that people wrote down."""
    seats = {who: {"needed": s.needed, "at": dict(s.at), "short": s.short} for who, s in expected.seats.items()}
    judge(
        scenario,
        "staff sit where they should",
        "as written down",
        "as written down",
        differences(seats, status["seats"]),
    )
    numbers = {
        key: {"served_by": sorted(number.served_by), "rings_at": dict(number.rings_at)}
        for key, number in expected.numbers.items()
    }
    seen = {
        key: {"served_by": sorted(number["served_by"]), "rings_at": number["rings_at"]}
        for key, number in status["numbers"].items()
    }
    judge(
        scenario,
        "numbers ring where they should, with that location",
        "as written down",
        "as written down",
        differences(numbers, seen),
    )
    stopped = {who: dict(why) for who, why in expected.processes_stopped.items() if why}
    found = {who: p["stopped"] for who, p in status["processes"].items() if p["stopped"]}
    judge(
        scenario,
        "processes that stop, and why",
        stopped or "none",
        found or "none",
        differences(stopped, found),
    )
    majority = dict.fromkeys(expected.majority_goes_on, True)
    goes_on = {who: True for who, p in status["processes"].items() if p["majority"]}
    judge(
        scenario,
        "the majority of the work goes on",
        f"{len(majority)} municipalities",
        f"{len(goes_on)} municipalities",
        differences(majority, goes_on),
    )


def manual_steps(scenario: Scenario, expected: Expectations, status: Mapping[str, Any], promoted: bool) -> None:
    """The operator is told what people have to do, and who."""
    wanted = {f"{s.owner}: {s.step}": True for s in expected.manual_steps if not (promoted and s.until_promoted)}
    named = {f"{s['owner']}: {s['step']}": True for s in status["manual_steps"]}
    judge(
        scenario,
        "manual steps and their owners",
        f"{len(wanted)} steps",
        f"{len(named)} steps",
        differences(wanted, named),
    )


def nobody_asked(scenario: Scenario, site: str, observed: Mapping[str, Any]) -> None:
    """While the site was cut off, nobody tried to reach its vCenter."""
    attempts = observed["while_cut"]["connections"] + observed["while_cut"]["requests"]
    scenario.check(f"{site}: attempts to reach the lost vCenter", 0, attempts, attempts == 0)


def same_inventory(scenario: Scenario, site: str, first: Inventory, now: Inventory, recreated: Iterable[str]) -> None:
    """The site is as it was; of the machines in `recreated`, identities, MACs and addresses may differ."""
    fresh = set(recreated)

    def essence(machine: VirtualMachine) -> VirtualMachine:
        changed = replace(machine, id="", host=None)
        if machine.name in fresh:
            changed = replace(changed, instance_uuid="", bios_uuid="", macs=(), addresses=())
        return changed

    wrong = differences(
        {machine.name: essence(machine) for machine in first.machines},
        {machine.name: essence(machine) for machine in now.machines},
    )
    for part in ("datastores", "networks", "folders", "templates", "kept_apart", "hosts"):
        if getattr(first, part) != getattr(now, part):
            wrong.append(f"{part} differ: {getattr(now, part)} instead of {getattr(first, part)}")
    judge(scenario, f"{site}: inventory equals the first", "equal", f"equal, {len(now.machines)} machines", wrong)
