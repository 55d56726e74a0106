"""The site: its vCenter, and what the machines of all organisations share there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_random as random
import pulumi_vsphere as vsphere

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import TOP_FOLDER, machine_folders, machine_tags
from uitwijk.resources.identifiers import Identifiers, look_up


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """How one vCenter is reached, and what all machines there have in common."""

    region: Region
    """The whole catalogue; the vCenter must have the networks and templates of all its machines."""
    slug: str
    """Which of the region's sites this is."""
    server: str
    """Host name of the vCenter, and a port if it is not 443; no scheme."""
    user: str
    """Account at the vCenter."""
    password: pulumi.Input[str]
    """Of that account; a secret."""
    secrets: Mapping[str, pulumi.Output[str]] = field(default_factory=dict)
    """What the stacks of all sites hold, by the names that jobs know, e.g. `DNS_UPDATE_KEY`."""
    guest_network_wait_minutes: int = 5
    """How long a new machine may take to get its network up; 0: do not wait."""


class Site(pulumi.ComponentResource):
    """The connection to one vCenter, its folders and tags. They stand at both sites, whatever runs there.

    Raises:
        UitwijkError: the vCenter refuses the account, or lacks templates, datastores or networks: all are named.
    """

    region: Region
    slug: str
    guest_network_wait_minutes: int
    identifiers: Identifiers

    def __init__(self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Site", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        provider = vsphere.Provider(
            "vcenter",
            vsphere_server=args.server,
            user=args.user,
            password=args.password,
            allow_unverified_ssl=False,
            opts=child,
        )
        self.region = args.region
        self.slug = args.slug
        self.guest_network_wait_minutes = args.guest_network_wait_minutes
        self._secrets = args.secrets
        self._own_providers = [provider, random.Provider("random", opts=child)]
        self.identifiers = look_up(args.region, args.slug, args.server, provider)
        inside = pulumi.ResourceOptions(parent=self, provider=provider)
        self._folders = self._make_folders(args.region, inside)
        self._tags = self._make_tags(args.region, inside)
        self.register_outputs({"site": args.slug})

    def with_providers(self, opts: pulumi.ResourceOptions | None = None) -> pulumi.ResourceOptions:
        """The options of a resource at this site: its explicit providers, unless `opts` has others."""
        return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(providers=self._own_providers), opts)

    def secret(self, name: str, asker: str) -> pulumi.Output[str]:
        """A secret that the stacks of all sites hold.

        Args:
            name: by which jobs know it.
            asker: who needs it, for the message.

        Raises:
            UitwijkError: the site was not given it.
        """
        if name not in self._secrets:
            known = ", ".join(self._secrets) or "none"
            raise UitwijkError(
                f"{asker} needs the secret {name}, which its site was not given; there are: {known}. "
                "Pass it by `SiteArgs.secrets`"
            )
        return self._secrets[name]

    def folder(self, organisation: str) -> pulumi.Output[str]:
        """Path of the organisation's folder, relative to the datacenter's folder of machines."""
        return self._folders[organisation].path

    def tags(self, organisation: str, service: str, recovery_class: str) -> list[pulumi.Output[str]]:
        """Identifiers of the tags of a machine."""
        labels = {"municipality": organisation, "service": service, "class": recovery_class}
        return [self._tags[category, name].id for category, name in labels.items()]

    def _make_folders(self, region: Region, opts: pulumi.ResourceOptions) -> dict[str, vsphere.Folder]:
        made: dict[str, vsphere.Folder] = {}
        for name, path in machine_folders(region).items():
            top = [made[TOP_FOLDER]] if made else None
            within = pulumi.ResourceOptions(parent=self, provider=opts.provider, depends_on=top)
            made[name] = vsphere.Folder(
                name, path=path, type="vm", datacenter_id=self.identifiers.datacenter, opts=within
            )
        return made

    def _make_tags(self, region: Region, opts: pulumi.ResourceOptions) -> dict[tuple[str, str], vsphere.Tag]:
        tags = {}
        for category, names in machine_tags(region).items():
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
