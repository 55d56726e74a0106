"""The site: its vCenter, and what the machines of all organisations share there."""

from __future__ import annotations

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere

from uitwijk.continuity.region import Region
from uitwijk.resources.inventory import Inventory, look_up
from uitwijk.resources.settings import StackSettings

FOLDER = "uitwijk"
"""Top folder of all machines in the vCenter."""


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
        self.inventory = look_up(region, settings.site, settings.vcenter.server, provider)
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
