"""`uitwijk retire`: writes down what leaves the region: its machines go, its data stays, and nothing is blocked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from uitwijk import utc
from uitwijk.console import GOOD, AsJson, Yes, command, on_terminal, output, print_json
from uitwijk.continuity import load_region
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.loading import RETIRED
from uitwijk.continuity.reading import whole
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.strict_yaml import to_yaml
from uitwijk.files import write_atomically
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count, shortened, up_command

_HEADER = """# yaml-language-server: $schema=schema/retired.json
# What left the region, written by `uitwijk retire`. Its machines are removed; its data disks stay where they lie.
"""


def retire(
    name: Annotated[
        list[str],
        typer.Argument(metavar="NAME …", help="A workload, a municipality, a service, or what left the catalogue."),
    ],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who decided; for the list.")] = "",
    reason: Annotated[str, typer.Option(metavar="WHY", help="Why; for the list.")] = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """
    Let a workload, a municipality, a service or single machines leave the region. Their data disks stay.

    Writes catalogue/retired.yaml, which explains to the next `pulumi up` why machines go. The disks leave the stack's
    state with the `up` after that; their files stay, and the list says where. Processes that needed it leave the
    municipality's own. A failover before, in the middle of and after it goes through.

    Examples:

    - `uitwijk retire elmford/counter --by "ICT board" --reason "moved to the region's portal"`
    - `uitwijk retire elmford --reason "merged with Ashford"` - all that a municipality runs
    - `uitwijk retire elmford-workplaces-session-host-4` - after its count was made smaller in the catalogue
    """
    run(Workspace(), name, by=by, reason=reason, yes=yes, as_json=as_json)


@dataclass(frozen=True)
class Leaving:
    """What leaves under one name."""

    what: str
    machines: tuple[str, ...]
    disks: tuple[Mapping[str, Any], ...]
    """As `RetiredDisk` has them."""


def run(workspace: Workspace, names: Sequence[str], *, by: str, reason: str, yes: bool, as_json: bool) -> None:
    """Retires what the names say, on a terminal after asking.

    Raises:
        UitwijkError: with every name that cannot be retired, or what the region would lack; then nothing is written.
    """
    region, situation = workspace.load()
    leaving = _resolve(workspace, region, list(dict.fromkeys(names)), situation.living)
    text = _text(workspace.catalogue / RETIRED, leaving, " ".join(by.split()), " ".join(reason.split()))
    after = _checked(workspace.catalogue, text)
    processes = {
        slug: gone
        for slug in after.municipalities
        if (gone := [each for each in region.processes_of(slug) if each not in after.processes_of(slug)])
    }
    following = [*(up_command(site) for site in situation.living), "uitwijk check"]
    facts = {
        "found": [{"what": each.what, "machines": each.machines, "disks": each.disks} for each in leaving],
        "processes": processes,
        "next": following,
    }
    console = output()
    if not as_json:
        _show(console, leaving, processes)
    if on_terminal() and not yes and not typer.confirm(f"\nWrite this into {workspace.catalogue.name}/{RETIRED}?"):
        console.print("Nothing was written.")
        raise typer.Exit(1)
    write_atomically(workspace.catalogue / RETIRED, text)
    if as_json:
        print_json({**facts, "done": [each.what for each in leaving]})
        return
    where = f"{workspace.catalogue.name}/{RETIRED}"
    console.print(f"\nWritten into {where}. Commit it and bring it to the other site.", style=GOOD)
    console.print("\nTo run next, in this order:", style="bold")
    for line in following:
        command(console, line)
    console.print("\nThe data disks leave the state with the `up` after that. Plans are approved anew:")
    command(console, "uitwijk rehearse --approve")


def _show(console: Console, leaving: Sequence[Leaving], processes: Mapping[str, Sequence[str]]) -> None:
    for each in leaving:
        console.print(f"{each.what}: {count(len(each.machines), 'machine')} will be removed", style="bold")
        console.print(f"  {shortened(each.machines)}", markup=False)
        for disk in each.disks:
            console.print(f"  stays: {disk['path']} ({disk['size_gib']} GiB) of {disk['site']}", markup=False)
    for slug, gone in processes.items():
        console.print(f"No process of {slug} any more: {', '.join(gone)}", markup=False)


def _resolve(workspace: Workspace, region: Region, names: Sequence[str], living: Sequence[str]) -> list[Leaving]:
    problems: list[str] = []
    found: list[Leaving] = []
    left: _Left | None = None
    for name in names:
        machines = _machines(region, name)
        if why := _kept(region, name):
            problems.append(f"retire {name}: {why}")
        elif machines:
            found.append(Leaving(name, tuple(each.name for each in machines), tuple(_disks(region, machines))))
        else:
            left = left or _Left(workspace, region, living)
            if (gone := left.of(name)) is not None:
                found.append(gone)
            else:
                problems.append(
                    f"retire {name}: is no workload, municipality or service, and nothing of that name that left the "
                    "catalogue stands in a stack. Workloads are named ORGANISATION/SERVICE, as in "
                    f"{next(iter(region.workloads))}"
                )
    if problems:
        raise UitwijkError(problems)
    return found


def _kept(region: Region, name: str) -> str:
    """Why something cannot be retired; empty: it can."""
    if name in region.left:
        return f"it is retired already ({RETIRED})"
    if name in region.partnerships:
        return f"a partnership serves its members; retire its workloads one by one, as in {name}/SERVICE"
    if name in region.machines:
        workload = region.machines[name].workload
        return f"the catalogue has it still; make the count of its role smaller first, or retire {workload}"
    return ""


def _machines(region: Region, name: str) -> list[Machine]:
    """The machines of a workload, of all that a municipality runs, or of a service wherever it runs."""
    return [
        machine
        for machine in region.machines.values()
        if name == machine.workload
        or (name == machine.organisation and name in region.municipalities)
        or (name == machine.service and name in region.services)
    ]


def _disks(region: Region, machines: Sequence[Machine]) -> list[Mapping[str, Any]]:
    return [
        {
            "name": f"{machine.name}-{disk}",
            "site": region.workloads[machine.workload].home,
            "path": machine.disk_path(disk),
            "size_gib": size,
        }
        for machine in machines
        for disk, size in machine.disks.items()
    ]


class _Left:
    """What the stacks hold that is not in the catalogue any more."""

    def __init__(self, workspace: Workspace, region: Region, living: Sequence[str]) -> None:
        from uitwijk.observe.pulumi import Pulumi
        from uitwijk.observe.readings import read_stacks
        from uitwijk.running.env import engine_environment

        readings = read_stacks(Pulumi(workspace.root, engine_environment(workspace, os.environ)), living)
        self._machines = {name for each in readings.values() for name in each.facts.machines - region.machines.keys()}
        known = {f"{machine.name}-{disk}" for machine in region.machines.values() for disk in machine.disks}
        self._disks = [
            {"name": name, "site": site, "path": disk.path, "size_gib": disk.size}
            for site, each in readings.items()
            for name, disk in each.facts.held.items()
            if name not in known
        ]

    def of(self, name: str) -> Leaving | None:
        """What bears the name, or begins with it; None: nothing does."""
        stem = name.replace("/", "-")
        machines = sorted(each for each in self._machines if each == stem or each.startswith(f"{stem}-"))
        disks = [disk for disk in self._disks if disk["name"] == stem or str(disk["name"]).startswith(f"{stem}-")]
        return Leaving(name, tuple(machines), tuple(disks)) if machines or disks else None


def _text(file: Path, leaving: Sequence[Leaving], by: str, reason: str) -> str:
    """The list as it is, with what leaves at its end."""
    before = whole(file).decode("utf-8") if file.exists() else _HEADER
    entries = [
        {
            "what": each.what,
            "at": utc.now().date(),
            "by": by,
            "reason": reason,
            "machines": list(each.machines),
            "disks": [dict(disk) for disk in each.disks],
        }
        for each in leaving
    ]
    end = "\r\n" if "\r\n" in before else "\n"
    return before.rstrip("\r\n") + end + to_yaml(entries, width=120).replace("\n", end)


def _checked(catalogue: Path, text: str) -> Region:
    """The region as it would be.

    Raises:
        UitwijkError: it would lack something.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(catalogue, Path(folder) / catalogue.name))
        (copy / RETIRED).write_text(text, encoding="utf-8")
        return load_region(copy)
