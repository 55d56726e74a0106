"""The site: its vCenter, and what the machines of all organisations share there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere

from components.settings import StackSettings
from continuity.errors import UitwijkError
from continuity.region import Region

FOLDER = "uitwijk"
"""Top folder of all machines in the vCenter."""
LOCAL = "local"
"""The datastore of the machines themselves."""
TEMPLATES = "templates"
"""The folder of the golden templates."""


def dataset_datastore(home: str) -> str:
    """The replicated datastore that holds the data disks of a home site, at every site."""
    return f"data-{home}"


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Identifiers of what the vCenter already holds, looked up once a program."""

    datacenter: str
    """Managed object identifier."""
    cluster: str
    """Managed object identifier."""
    resource_pool: str
    datastores: Mapping[str, str]
    networks: Mapping[str, str]
    templates: Mapping[str, vsphere.AwaitableGetVirtualMachineResult]
    """By operating system."""


class Site(pulumi.ComponentResource):
    """The connection to one vCenter, its folders and tags. They stand at both sites, whatever runs there.

    Raises:
        UitwijkError: the vCenter refuses the account, or lacks templates, datastores or networks: all are named.
    """

    slug: str
    providers: list[pulumi.ProviderResource]
    """The explicit providers that every resource of the stack uses."""
    inventory: Inventory

    def __init__(self, region: Region, settings: StackSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Site", "site", {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        provider = vsphere.Provider(
            "vcenter",
            vsphere_server=settings.vcenter.server,
            user=settings.vcenter.user,
            password=settings.vcenter_password,
            allow_unverified_ssl=False,
            opts=child,
        )
        self.slug = settings.site
        self.providers = [provider, random.Provider("random", opts=child)]
        self.inventory = _look_up(
            region, settings.site, settings.vcenter.server, pulumi.InvokeOptions(provider=provider)
        )
        inside = pulumi.ResourceOptions(parent=self, provider=provider)
        self._folders = self._make_folders(region, inside)
        self._tags = self._make_tags(region, inside)
        self.register_outputs({"site": settings.site})

    def folder(self, organisation: str) -> pulumi.Output[str]:
        """Path of the organisation's folder, relative to the datacenter's folder of machines."""
        return self._folders[organisation].path

    def tags(self, organisation: str, service: str, recovery_class: str) -> list[pulumi.Output[str]]:
        """Identifiers of the tags of a machine."""
        labels = {"municipality": organisation, "service": service, "class": recovery_class}
        return [self._tags[category, name].id for category, name in labels.items()]

    def _make_folders(self, region: Region, opts: pulumi.ResourceOptions) -> dict[str, vsphere.Folder]:
        top = vsphere.Folder(FOLDER, path=FOLDER, type="vm", datacenter_id=self.inventory.datacenter, opts=opts)
        within = pulumi.ResourceOptions(parent=self, provider=opts.provider, depends_on=[top])
        return {
            slug: vsphere.Folder(
                slug, path=f"{FOLDER}/{slug}", type="vm", datacenter_id=self.inventory.datacenter, opts=within
            )
            for slug in region.organisations
        }

    def _make_tags(self, region: Region, opts: pulumi.ResourceOptions) -> dict[tuple[str, str], vsphere.Tag]:
        values = {
            "municipality": list(region.organisations),
            "service": list(region.services),
            "class": sorted({service.recovery_class.value for service in region.services.values()}),
        }
        tags = {}
        for category, names in values.items():
            made = vsphere.TagCategory(
                category,
                name=category,
                cardinality="SINGLE",
                associable_types=["VirtualMachine"],
                # A vCenter reads the types back under another spelling.
                opts=pulumi.ResourceOptions(parent=self, provider=opts.provider, ignore_changes=["associableTypes"]),
            )
            for name in names:
                tags[category, name] = vsphere.Tag(f"{category}-{name}", name=name, category_id=made.id, opts=opts)
        return tags


def _look_up(region: Region, slug: str, server: str, opts: pulumi.InvokeOptions) -> Inventory:
    """Everything that any machine of the region may need, so that a gap at a standby site shows on a normal day."""
    place = f"vCenter {server} of {slug}"
    try:
        datacenter = vsphere.get_datacenter(name=slug, opts=opts).id
    except Exception as error:
        raise UitwijkError(
            f"{place}: {_reason(error)}; there must be a datacenter {slug}, and the account of "
            "`uitwijk:vcenter` and `uitwijk:vcenterPassword` must be able to log in"
        ) from error
    gaps: list[str] = []

    def find(what: str, name: str, remedy: str, get: Callable[[], Any]) -> Any:
        try:
            return get()
        except Exception as error:
            gaps.append(f"{place}: no {what} {name} ({_reason(error)}); {remedy}")
            return None

    def datastore(name: str) -> Any:
        remedy = "mount it under this name, or run `uitwijk check` to compare the two sites"
        return find(
            "datastore", name, remedy, lambda: vsphere.get_datastore(name=name, datacenter_id=datacenter, opts=opts)
        )

    def network(name: str) -> Any:
        remedy = "make a port group with this name on every host of the cluster"
        return find(
            "network", name, remedy, lambda: vsphere.get_network(name=name, datacenter_id=datacenter, opts=opts)
        )

    def template(name: str) -> Any:
        path = f"{TEMPLATES}/{name}"
        remedy = f"copy the golden template of the other site to folder {TEMPLATES}"
        return find(
            "template",
            path,
            remedy,
            lambda: vsphere.get_virtual_machine(name=path, datacenter_id=datacenter, opts=opts),
        )

    cluster = find(
        "cluster",
        slug,
        "name the cluster after the site",
        lambda: vsphere.get_compute_cluster(name=slug, datacenter_id=datacenter, opts=opts),
    )
    machines = region.machines.values()
    datastores = {name: datastore(name) for name in (LOCAL, *(dataset_datastore(home) for home in region.sites))}
    networks = {name: network(name) for name in sorted({machine.network for machine in machines})}
    templates = {name: template(name) for name in sorted({machine.system for machine in machines})}
    if gaps:
        raise UitwijkError(gaps)
    return Inventory(
        datacenter=datacenter,
        cluster=cluster.id,
        resource_pool=cluster.resource_pool_id,
        datastores={name: found.id for name, found in datastores.items()},
        networks={name: found.id for name, found in networks.items()},
        templates=templates,
    )


def _reason(error: Exception) -> str:
    """The provider's own words, without what engine and bridge put around them."""
    words = str(error).strip().splitlines()[-1].rpartition("returned an error: ")[2]
    return re.sub(r"^(invoking \S+: )?(error fetching [a-z ]+: )?", "", words)
