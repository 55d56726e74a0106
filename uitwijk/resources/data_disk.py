"""Data disks: they stand at their home site in every situation, outlive their machines, and are never made twice."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_vsphere as vsphere

from uitwijk.continuity.facts import HeldDisk
from uitwijk.continuity.region import dataset_datastore
from uitwijk.resources.site import Site


def data_disk(
    name: str, home: str, path: str, size: int, opts: pulumi.ResourceOptions, *, protect: bool = True
) -> vsphere.VirtualDisk:
    """A data disk on the dataset of its home site.

    Args:
        name: logical name.
        home: the site.
        path: inside the dataset's datastore.
        size: in GiB.
        opts: its parent, at least.
        protect: whether the engine refuses to let go of it. Its file stays in any case.
    """
    return vsphere.VirtualDisk(
        name,
        datacenter=home,
        datastore=dataset_datastore(home),
        vmdk_path=path,
        size=size,
        type="thin",
        create_directories=True,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                protect=protect,
                retain_on_delete=True,
                # The provider neither grows a disk in place nor reads its size back.
                ignore_changes=["size"],
            ),
        ),
    )


def leftover_disks(site: Site, disks: Mapping[str, HeldDisk]) -> None:
    """Holds on to data disks whose workload left the catalogue: protected, they would else end every run.

    They move to the site's component, for that of their workload may be gone.

    Args:
        site: whose stack.
        disks: by logical name, as they are to be held on (`continuity.decide`).
    """
    for name, disk in disks.items():
        opts = pulumi.ResourceOptions(parent=site, aliases=[disk.urn])
        data_disk(name, site.slug, disk.path, disk.size, site.with_providers(opts), protect=disk.protected)


class DataDisk(pulumi.ComponentResource):
    """That a data disk was made here. It enters the state when the disk exists, and no refresh takes it away.

    Without it a disk whose file vanished would be made anew, empty, and its machines would start on it.
    """

    def __init__(self, name: str, path: str, size: int, opts: pulumi.ResourceOptions | None = None) -> None:
        made = {"path": path, "size": size}
        super().__init__("uitwijk:index:DataDisk", name, made, opts)
        self.register_outputs(made)
