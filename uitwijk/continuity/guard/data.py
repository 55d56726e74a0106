"""Whether workloads find their data here, writable and whole, and whether no disk is made that was made before."""

from __future__ import annotations

import re
from collections.abc import Iterable

from uitwijk.continuity.guard.refusal import Refusal
from uitwijk.continuity.guard.view import View
from uitwijk.continuity.region import Machine, dataset_datastore
from uitwijk.wording import names, up_command


def data_not_writable(view: View) -> list[Refusal]:
    """Data of workloads placed here that is declared writable elsewhere."""
    refusals = []
    for dataset in view.region.sites:
        here = view.placed_here_of(dataset)
        writable = view.situation.data[dataset]
        if here and writable != view.site:
            text = (
                f"{len(here)} workloads placed here need dataset {dataset}, which is writable at {writable}. Have "
                f"the storage administrator promote its replica at {view.site}, then "
                f"`uitwijk declare promoted {dataset} --at {view.site} --by … --reason …`"
            )
            refusals.append(Refusal("data-not-writable", text, frozenset(here)))
    return refusals


def data_moved(view: View) -> list[Refusal]:
    """Machines that kept running here while their data was promoted away and back; as far as the log goes back."""
    own = view.facts.own
    applied = own.epoch or 0
    refusals = []
    for dataset in view.region.sites:
        held = view.held(own, view.placed_here_of(dataset))
        away = {f"promoted {dataset} at {other}" for other in view.region.sites if other != view.site}
        since = (entry for entry in view.situation.log if entry.epoch > applied)
        missed = [entry.epoch for entry in since if away.intersection(entry.change.split(", "))]
        if held and missed:
            text = (
                f"{len(held)} machines here work on dataset {dataset} ({names(held)}). In epoch {missed[-1]} it "
                f"was promoted away, and stack {view.site} was last brought up in epoch {applied}: they ran on "
                f"while it changed. Remove them first: `uitwijk declare drained {view.site} --by … --reason …`, "
                f"`{up_command(view.site)}`, then `uitwijk declare normal {view.site} --by … --reason …`"
            )
            refusals.append(Refusal("data-moved", text, view.whose(held)))
    return refusals


def disk_gone(view: View) -> list[Refusal]:
    """Data disks that were made once and are not in the state: they would be made anew, empty."""
    own = view.facts.own
    gone = view.home_disks().keys() & own.remembered.keys() - own.disks.keys()
    if not gone:
        return []
    text = (
        f"{len(gone)} data disks that this stack made are not in its state any more ({names(gone)}): it would make "
        f"them anew, empty. Put their files back where they lay on {dataset_datastore(view.site)} (from the "
        f"replica or a backup), then run `uitwijk recover {view.site}`, which takes them into the state"
    )
    return [Refusal("disk-gone", text, view.keepers(gone), frozenset(gone))]


def empty_disk(view: View) -> list[Refusal]:
    """Data disks that would be made while their data is writable elsewhere: the site was rebuilt."""
    writable = view.situation.data[view.site]
    missing = view.home_disks().keys() - view.facts.own.disks.keys() - view.facts.own.remembered.keys()
    if writable == view.site or not missing:
        return []
    text = (
        f"{len(missing)} data disks would be created empty ({names(missing)}) while dataset {view.site} is "
        f"writable at {writable}: {view.site} was rebuilt. Bring back the state that knew them "
        f"(`pulumi stack import --stack {view.site}`), then run `uitwijk rebuilt {view.site}`"
    )
    return [Refusal("empty-disk", text, view.keepers(missing), frozenset(missing))]


def disk_size(view: View) -> list[Refusal]:
    """Data disks of another size than the catalogue says: none can be resized."""
    made = view.facts.own.disks
    changed = {
        disk: f"{disk} is {made[disk]} GiB, not {size}"
        for disk, size in view.home_disks().items()
        if made.get(disk, size) != size
    }
    if not changed:
        return []
    told = names(changed.values())
    text = (
        f"{len(changed)} data disks of {view.site} differ in size from the catalogue: {told}. Neither "
        "the provider nor the engine resizes an attached disk. Put the size back that the catalogue had, and give "
        "the role a further data disk (catalogue/services.yaml, disks)"
    )
    return [Refusal("disk-size", text, view.keepers(changed.keys()))]


def disk_unwritable(view: View) -> list[Refusal]:
    """Data that is declared writable here, on a datastore that a host cannot write on: machines may land on any."""
    refusals = []
    for dataset in view.region.sites:
        datastore = dataset_datastore(dataset)
        wrong = view.facts.vcenter.unwritable.get(datastore, {})
        here = {machine.workload for machine in view.made_here() if _data_of(view, machine) == dataset}
        if wrong and here and view.situation.data[dataset] == view.site:
            told = names(f"{host} ({what})" for host, what in sorted(wrong.items()))
            text = (
                f"{len(here)} workloads placed here need datastore {datastore}, on which {len(wrong)} hosts cannot "
                f"write: {told}. Have the storage administrator mount it on every host of {view.site}, to read and "
                "write, or set hosts that cannot have it to maintenance mode; then run this again"
            )
            refusals.append(Refusal("disk-unwritable", text, frozenset(here)))
    return refusals


def disk_missing(view: View) -> list[Refusal]:
    """Data that is declared writable here, and is not there: the machines could not be made without it."""
    missing: dict[str, str] = {}
    for machine in view.made_here():
        dataset = _data_of(view, machine)
        files = view.facts.vcenter.files.get(dataset_datastore(dataset))
        if files is None or view.situation.data[dataset] != view.site:
            continue
        for disk in machine.disks:
            new = dataset == view.site and f"{machine.name}-{disk}" not in view.facts.own.disks
            if not new and machine.disk_path(disk) not in files:
                missing[f"{dataset_datastore(dataset)}/{machine.disk_path(disk)}"] = machine.workload
    if not missing:
        return []
    text = (
        f"{len(missing)} data disks of workloads placed here are not there: {names(missing)}. Have the storage "
        "administrator put the files back where they lay, from a replica or a backup; then run this again"
    )
    return [Refusal("disk-missing", text, frozenset(missing.values()))]


def snapshot(view: View) -> list[Refusal]:
    """Data that goes on in the files of a snapshot, and machines that vSphere lets go of no disk of."""
    refusals = []
    as_of = {
        f"{dataset_datastore(dataset)}/{file}": machine.workload
        for machine in view.made_here()
        if (dataset := _data_of(view, machine))
        for disk in machine.disks
        for file in deltas(machine.disk_path(disk), view.facts.vcenter.files.get(dataset_datastore(dataset), ()))
    }
    if as_of:
        text = (
            f"{len(set(as_of.values()))} workloads placed here would start on data as it was when a snapshot was made, "
            f"for what was written since lies in {len(as_of)} files beside it: {names(as_of)}. Have the storage "
            "administrator bring them into their disks (`vmkfstools -i` of the newest file of each to a new disk that "
            "takes the old one's place), or, where the data as of the snapshot will do, move these files to another "
            "folder; then run this again"
        )
        refusals.append(Refusal("snapshot", text, frozenset(as_of.values())))
    stuck = {
        name
        for name in view.facts.own.machines & view.facts.vcenter.snapped
        if name in view.region.machines
        and view.region.machines[name].disks
        and view.region.machines[name].workload not in view.placed_here | view.hot_here
    }
    if stuck:
        text = (
            f"{len(stuck)} machines have a snapshot, and vSphere lets go of no data disk that takes part in one: "
            f"{names(stuck)}. Have the snapshots removed (consolidated) in the vSphere Client of {view.site}; "
            f"then `{up_command(view.site)}`"
        )
        refusals.append(Refusal("snapshot", text, view.whose(stuck)))
    return refusals


def deltas(path: str, files: Iterable[str]) -> list[str]:
    """Those of the files in which a disk goes on since a snapshot was made.

    Args:
        path: of the disk, in its datastore.
        files: paths of everything there that is a disk, or a part of one.
    """
    goes_on = re.compile(re.escape(path.removesuffix(".vmdk")) + r"-\d{6}(-delta|-sesparse)?\.vmdk")
    return sorted(file for file in files if goes_on.fullmatch(file))


def _data_of(view: View, machine: Machine) -> str:
    """The dataset of the machine's data."""
    return view.region.workloads[machine.workload].home
