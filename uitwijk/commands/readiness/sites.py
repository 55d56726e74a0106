"""What stands in the vCenters: whether they answer, mirror each other, and run no workload twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import site_inventory
from uitwijk.observe.inventory import Hypervisor, Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.wording import shortened, up_command


def vcenter_line(reading: StackReading, found: Inventory | str | None) -> Line:
    """Whether the site's vCenter answers and lets us in."""
    subject = f"vCenter {reading.site}"
    if reading.vcenter_problem:
        return not_checked(subject, reading.vcenter_problem.why, reading.vcenter_problem.remedy)
    if not isinstance(found, Inventory):
        remedy = f"if the site is lost: `uitwijk declare lost {reading.site} --by … --reason …`"
        return fail(subject, str(found), remedy)
    return ok(subject, f"{found.server} answers: {len(found.hosts)} hosts, {len(found.machines)} machines")


def lost_line(region: Region, site: str, found: Inventory | str) -> Line:
    """Whether a site that is declared lost is back."""
    subject = f"vCenter {site}"
    if not isinstance(found, Inventory):
        return ok(subject, f"the site is declared lost, and {found}")
    old = sorted(_cold(region) & _running(found))
    return attention(
        subject,
        f"the site is declared lost, and {found.server} answers: {len(old)} cold machines run there",
        f"keep the production network of {site} cut (fencing); then `uitwijk declare drained {site} --by … --reason …` "
        f"and `{up_command(site)}`",
    )


def mirror_lines(region: Region, inventories: Mapping[str, Inventory]) -> Iterator[Line]:
    """Whether each site has what the catalogue needs there, so that either can carry everything."""
    if not inventories:
        yield not_checked("mirror", "no vCenter could be read", "see the lines of the vCenters")
        return
    for subject, find in (
        ("golden templates", _templates),
        ("networks", _networks),
        ("datastores", _datastores),
        ("hosts", _hosts),
    ):
        yield _needed(region, f"mirror: {subject}", inventories, find)
    if len(inventories) > 1:
        yield _only_somewhere(region, inventories)


def _needed(
    region: Region,
    subject: str,
    inventories: Mapping[str, Inventory],
    find: Callable[[Region, str, Inventory], Iterable[str]],
) -> Line:
    findings = {site: list(find(region, site, inventory)) for site, inventory in inventories.items()}
    wrong = [f"{site}: {shortened(found)}" for site, found in findings.items() if found]
    if wrong:
        return fail(subject, "; ".join(wrong), "bring the site to what the catalogue says, or change the catalogue")
    return ok(subject, f"as the catalogue needs them at {' and '.join(inventories)}")


def _templates(region: Region, _: str, inventory: Inventory) -> Iterator[str]:
    present = {template.name: template for template in inventory.templates}
    for name, system in region.settings.systems.items():
        if name not in present:
            yield f"{name} is missing"
        elif present[name].content_id != system.content_id:
            yield f"{name} holds {present[name].content_id or 'nobody knows what'} instead of {system.content_id}"


def _networks(region: Region, site: str, inventory: Inventory) -> Iterator[str]:
    needed = [network["name"] for network in site_inventory(region, site)["networks"]]
    return (f"{name} is missing" for name in needed if name not in inventory.networks)


def _datastores(region: Region, site: str, inventory: Inventory) -> Iterator[str]:
    for datastore in site_inventory(region, site)["datastores"]:
        name, needed = datastore["name"], datastore["capacity_gib"]
        if name not in inventory.datastores:
            yield f"{name} is missing"
        elif inventory.datastores[name] < needed:
            yield f"{name} has {inventory.datastores[name]} GiB instead of {needed}"


def _hosts(region: Region, site: str, inventory: Inventory) -> Iterator[str]:
    present: dict[str, Hypervisor] = {host.name: host for host in inventory.hosts}
    for wanted in region.sites[site].hosts:
        host = present.get(wanted.name)
        if host is None:
            yield f"{wanted.name} is missing"
            continue
        for what, has, needs in (("cores", host.cores, wanted.cores), ("GiB", host.memory_gib, wanted.memory_gib)):
            if has < needs:
                yield f"{wanted.name} has {has} {what} instead of {needs}"
        if host.cpu_generation not in (None, wanted.cpu_generation):
            yield f"{wanted.name} is {host.cpu_generation} instead of {wanted.cpu_generation}"


def _only_somewhere(region: Region, inventories: Mapping[str, Inventory]) -> Line:
    """What one site has and another lacks, beyond what the catalogue needs; external connections as declared there."""
    subject = "mirror: only at one site"
    things = {
        site: {*_things(inventory), *(f"connection {name}" for name in region.sites[site].connections)}
        for site, inventory in inventories.items()
    }
    everywhere = set.intersection(*things.values())
    extra = [f"{site}: {shortened(sorted(own - everywhere))}" for site, own in things.items() if own - everywhere]
    if extra:
        remedy = "make it at the other site as well, or remove it"
        return attention(subject, "; ".join(extra), remedy)
    return ok(subject, "nothing: networks, datastores, templates, folders and connections are the same")


def _things(inventory: Inventory) -> Iterator[str]:
    yield from (f"network {name}" for name in inventory.networks)
    yield from (f"datastore {name}" for name in inventory.datastores)
    yield from (f"template {template.name} {template.content_id or ''}".strip() for template in inventory.templates)
    yield from (f"folder {path}" for path in inventory.folders)


def split_brain_line(region: Region, placement: Placement, inventories: Mapping[str, Inventory]) -> Line:
    """Whether a cold machine runs at two sites at once."""
    subject = "split brain"
    running = {site: _running(inventory) for site, inventory in inventories.items()}
    twice = {name: where for name in _cold(region) if len(where := [s for s in running if name in running[s]]) > 1}
    if twice:
        sites = dict.fromkeys(site for where in twice.values() for site in where)
        placed = {name: placement.workloads[region.machines[name].workload] for name in twice}
        wrong = [site for site in sites if any(site in twice[name] and placed[name] != site for name in twice)]
        cure = (f"cut the production network of {s}, declare it drained, then `{up_command(s)}`" for s in wrong)
        return fail(
            subject,
            f"{len(twice)} cold machines run at {' and '.join(sites)} at once: {shortened(sorted(twice))}",
            "; ".join(cure),
        )
    if len(inventories) < len(region.sites):
        seen = f"only the vCenter of {' and '.join(inventories)}" if inventories else "no vCenter"
        return not_checked(subject, f"{seen} could be read", "see the lines of the vCenters")
    return ok(subject, "no cold machine runs at two sites")


def machines_line(region: Region, placement: Placement, site: str, inventory: Inventory) -> Line:
    """Whether what the situation places at the site runs there, and no other cold machine does."""
    subject = f"machines {site}"
    running = _running(inventory)
    wanted = {machine.name for key in placement.runs_at(site) for machine in region.workloads[key].machines}
    missing = sorted(wanted - running)
    surplus = sorted((_cold(region) - wanted) & running)
    findings = [
        *([f"{len(missing)} do not run that should: {shortened(missing)}"] if missing else ()),
        *([f"{len(surplus)} run that should not: {shortened(surplus)}"] if surplus else ()),
    ]
    if findings:
        return attention(subject, "; ".join(findings), f"`uitwijk recover {site}`, then `{up_command(site)}`")
    return ok(subject, f"all {len(wanted)} run")


def older_template_lines(region: Region, site: str, inventory: Inventory) -> Iterator[Line]:
    """Machines that stem from an older template than the catalogue's; nothing, if none is known to.

    A clone keeps the notes of its template. What runs is not replaced by a new template, and a failover clones the new
    one: what it installs meets data that an older one wrote.
    """
    older = {
        machine.name: machine.content_id
        for machine in inventory.machines
        if (ours := region.machines.get(machine.name)) is not None
        and machine.content_id not in (None, region.settings.systems[ours.system].content_id)
    }
    if not older:
        return
    told = shortened(f"{name} ({content})" for name, content in sorted(older.items()))
    first = min(older)
    yield attention(
        f"templates {site}",
        f"{len(older)} machines stem from an older template than a failover would clone: {told}",
        "try the new template's programs on data of the old one before it is needed (a drill, an isolated test); then "
        "renew the machines one after another, each with a short interruption: "
        f"`{up_command(site)} --replace '**::{first}'` and so on",
    )


def rebuilt_lines(facts: StackFacts, inventory: Inventory) -> Iterator[Line]:
    """Whether the vCenter is a new one, of which the stack does not know yet."""
    held = facts.machines
    if held and not held & inventory.by_name.keys():
        yield fail(
            f"rebuilt {facts.site}",
            f"none of the {len(held)} machines that the state of the stack holds stands in {inventory.server}",
            f"`uitwijk declare drained {facts.site} --by … --reason …`, then `uitwijk rebuilt {facts.site}`",
        )


def _cold(region: Region) -> set[str]:
    return {m.name for workload in region.workloads.values() if not workload.hot for m in workload.machines}


def _running(inventory: Inventory) -> set[str]:
    return {machine.name for machine in inventory.machines if machine.powered_on}
