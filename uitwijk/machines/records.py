"""The application that every machine runs that stands at one site at a time: what it is told of the region.

The application itself is in `records_application/`. Who keeps records, who passes them on and who may ask follows from
the catalogue's relations alone.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, data_path, render

SOURCES = Path(__file__).parent / "records_application"
"""The modules of the application."""
_HEADER = "# Its comments are left out here. They are in uitwijk/machines/records_application.\n"
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
            *(File(path=f"{_FOLDER}/{name}.py", content=without_comments(name)) for name in sorted(modules)),
            File(path=_CONFIGURATION, content=json.dumps(known) + "\n"),
            File(path="/etc/systemd/system/records.service", content=unit),
        ],
        commands=["systemctl enable --now records.service"],
    )


@cache
def without_comments(module: str) -> str:
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
    region, machine, keeper = here.region, here.machine, here.keeper
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
        "needs": [[host.name for host in hosts] for hosts in _needs(here)],
        "parts": {},
    }
    if machine.disks:
        known["parts"]["records"] = "store"
        known["store"] = f"{data_path(next(iter(machine.disks)))}/records"
    elif Serves.LOGINS in here.recipe.serves:
        known["parts"]["session"] = "broker"
        known["sessions"] = [host.host for host in here.later]
    elif Serves.SESSIONS in here.recipe.serves and keeper:
        known["parts"]["session"] = "session_host"
        known["accounts"] = keeper.name
    elif keeper:
        known["parts"]["records"] = "front_end"
        known["keeper"] = keeper.name
        if here.recipe.prints:
            known["parts"]["documents"] = "counter"
            known |= {"printer": here.role.station, "domain": region.settings.domain}
    return known


def _needs(here: Standing) -> Iterator[tuple[Standing, ...]]:
    """Of machines that keep data, each; of others of one kind, any."""
    for standings in here.works_with:
        if any(each.machine.disks for each in standings):
            yield from ((each,) for each in standings)
        else:
            yield standings


def _allowed(here: Standing) -> tuple[str, ...]:
    """Networks of the machines that need this one, and of the session hosts of those whom it serves, if people use it.

    The whole internet, if it stands where that comes in; where staff ask for a session, every building.
    """
    region, machine = here.region, here.machine
    if here.public:
        return ("0.0.0.0/0",)
    allowed = dict.fromkeys(map(str, here.clients))
    sessions = Serves.SESSIONS in here.recipe.serves
    brokered = Serves.LOGINS in region.services[machine.service].serves
    if Serves.LOGINS in here.recipe.serves or (sessions and not brokered):
        allowed[str(region.settings.building_addresses)] = None
    if (sessions or here.keeper) and machine in region.ends(machine.workload):
        for organisation in region.organisations:
            if region.provider(organisation, machine.service) == machine.workload:
                allowed |= dict.fromkeys(_session_networks(region, here.site, organisation))
    return tuple(allowed)


def _session_networks(region: Region, site: str, organisation: str) -> Iterator[str]:
    for key in region.providers(organisation, Serves.SESSIONS):
        for host in region.workloads[key].machines:
            if region.serves(host, Serves.SESSIONS):
                yield str(Standing(region, site, host).address.network)
