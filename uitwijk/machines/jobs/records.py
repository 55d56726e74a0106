"""The application that every machine runs that stands at one site at a time: what it is told of the region.

The application itself is in `files/records`. Who keeps records, who passes them on and who may ask follows from the
catalogue's relations alone.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from uitwijk.continuity.catalogue import Kind
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs.job import File, Job, data_path, render

DMZ = "dmz"
"""The kind of network whose machines the whole internet may ask."""
PRINTS = "cups-client"
"""The package by which a role is known to print documents."""
SOURCES = Path(__file__).parent / "files" / "records"
"""The modules of the application."""
_HEADER = "# Its comments are left out here. They are in uitwijk/machines/jobs/files/records.\n"
_FOLDER = "/usr/local/lib/uitwijk"
_CONFIGURATION = "/etc/uitwijk/records.json"


def records_job(here: Standing) -> Job:
    """The application, its configuration, and what to start."""
    known = configuration(here)
    modules = {"application", *known["parts"].values()}
    data = next(map(data_path, here.machine.disks), None)
    unit = render("records.service", folder=_FOLDER, configuration=_CONFIGURATION, data=data, store=known.get("store"))
    return Job(
        packages=["python3", *(["python3-reportlab"] if "printer" in known else [])],
        files=[
            *(File(path=f"{_FOLDER}/{name}.py", content=told(name)) for name in sorted(modules)),
            File(path=_CONFIGURATION, content=json.dumps(known) + "\n"),
            File(path="/etc/systemd/system/records.service", content=unit),
        ],
        commands=["systemctl enable --now records.service"],
    )


@cache
def told(module: str) -> str:
    """A module of the application as machines get it: without docstrings, comments and empty lines, by which a state
    with hundreds of machines would grow by a tenth.
    """
    source = (SOURCES / f"{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        body = node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else []
        texts = [part for part in body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)]
        # A body of one text alone has to keep it.
        for text in texts if len(body) > len(texts) else ():
            end = text.end_lineno or text.lineno
            lines[text.lineno - 1 : end] = [""] * (end - text.lineno + 1)
    kept = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return "".join([_HEADER, *kept])


def configuration(here: Standing) -> dict[str, Any]:
    """What the application is told.

    `about`: what it says of itself. `address` and `port`: where it listens; it asks others from this address and at
    their same port. `allowed`: networks that may ask. `needs`: for each, hosts of which one has to work. `parts`: the
    module for each first element of a path. Further keys are those of the parts.
    """
    region, machine = here.region, here.machine
    keeper = _keeper(region, machine)

    def name(other: Machine) -> str:
        return Standing(region, here.site, other).name

    known: dict[str, Any] = {
        "about": {
            "name": here.name,
            "organisation": machine.organisation,
            "service": machine.service,
            "role": machine.role,
            "site": here.site,
        },
        "address": str(here.address.ip),
        "port": region.settings.records_port,
        "allowed": list(_allowed(here)),
        "needs": [[name(host) for host in hosts] for hosts in _needs(region, machine)],
        "parts": {},
    }
    if machine.disks:
        known["parts"]["records"] = "store"
        known["store"] = f"{data_path(next(iter(machine.disks)))}/records"
    elif region.services[machine.service].kind is Kind.WORKPLACES:
        if hosts := here.later:
            known["parts"]["session"] = "broker"
            known["sessions"] = [host.host for host in hosts]
        elif keeper:
            known["parts"]["session"] = "session_host"
            known["accounts"] = name(keeper)
    elif keeper:
        known["parts"]["records"] = "front_end"
        known["keeper"] = name(keeper)
        if PRINTS in here.role.packages:
            known["parts"]["documents"] = "counter"
            known |= {"printer": _printer(region, machine.service), "domain": region.settings.domain}
    return known


def _needed(region: Region, machine: Machine) -> Iterator[tuple[Machine, ...]]:
    """The machines of earlier roles, then those of each service that it depends on and that stands at one site.

    None for a machine that keeps data: that needs its disk alone.
    """
    if machine.disks:
        return
    workload = region.workloads[machine.workload]
    for role in sorted(region.services[machine.service].roles[machine.role].after):
        yield tuple(other for other in workload.machines if other.role == role)
    for key in workload.depends_on:
        if not region.workloads[key].hot:
            yield region.ends(key)


def _needs(region: Region, machine: Machine) -> Iterator[tuple[Machine, ...]]:
    """Of machines that keep data, each; of others of one kind, any."""
    for machines in _needed(region, machine):
        if any(each.disks for each in machines):
            yield from ((each,) for each in machines)
        else:
            yield machines


def _keeper(region: Region, machine: Machine) -> Machine | None:
    """The machine to which this one passes records: the first that it needs and that has a disk, or passes them on."""
    needed = [other for machines in _needed(region, machine) for other in machines]
    stores = [other for other in needed if other.disks]
    passing = (other for other in needed if _keeper(region, other))
    return stores[0] if stores else next(passing, None)


def _allowed(here: Standing) -> tuple[str, ...]:
    """Networks of the machines that need this one, and of the session hosts of those whom it serves, if people use it.

    The whole internet, if it stands where that comes in; brokers are used from every building.
    """
    region, machine = here.region, here.machine
    if here.role.network == DMZ:
        return ("0.0.0.0/0",)
    allowed = dict.fromkeys(map(str, here.clients))
    workplaces = region.services[machine.service].kind is Kind.WORKPLACES
    if workplaces and not machine.disks and here.later:
        allowed[str(region.settings.building_addresses)] = None
    if (workplaces or _keeper(region, machine)) and machine in region.ends(machine.workload):
        for organisation in region.organisations:
            if region.provider(organisation, machine.service) == machine.workload:
                allowed |= dict.fromkeys(_session_networks(region, here.site, organisation))
    return tuple(allowed)


def _session_networks(region: Region, site: str, organisation: str) -> Iterator[str]:
    for slug, service in region.services.items():
        key = region.provider(organisation, slug)
        if service.kind is Kind.WORKPLACES and key is not None:
            for host in region.ends(key):
                yield str(Standing(region, site, host).address.network)


def _printer(region: Region, service: str) -> str:
    """The station that the processes of the service need."""
    return min(
        station for process in region.processes.values() if service in process.services for station in process.stations
    )
