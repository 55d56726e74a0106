"""Makes the roles in a vCenter, and the permissions where they belong. It adds, and takes nothing from anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_vsphere as vsphere

from uitwijk.access.table import GLOBAL, Account, Grant, ObjectKind, Table, Text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.fields import Entity
from uitwijk.continuity.reading import Problems, validate
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.resources.identifiers import LOCAL, TEMPLATES, look_up
from uitwijk.resources.settings import VCenter

_TYPES: Mapping[ObjectKind, str] = {
    "vcenter": "Folder",
    "datacenter": "Datacenter",
    "cluster": "ClusterComputeResource",
    "local-datastore": "Datastore",
    "own-dataset": "Datastore",
    "other-datasets": "Datastore",
    "networks": "Network",
    "machines": "Folder",
    "templates": "Folder",
}
_DISTRIBUTED = "DistributedVirtualPortgroup"
"""Type of the networks whose managed object ids begin with `dvportgroup`."""


class _Plain(Entity):
    """The keys that hold no secret."""

    catalogue: str
    vcenter: VCenter
    accounts: dict[Account, Text]


@dataclass(frozen=True, kw_only=True)
class AccessSettings:
    """What an administrator says in the stack's file."""

    site: str
    catalogue: Path
    vcenter: VCenter
    password: pulumi.Output[str]
    accounts: Mapping[Account, str]
    """The vCenter's name of the user by account, e.g. `VSPHERE.LOCAL\\uitwijk`."""


def read_access_settings(table: Table) -> AccessSettings:
    """The settings of the stack that runs; it is named after its site.

    Raises:
        UitwijkError: with everything that is missing or malformed.
    """
    config, problems = pulumi.Config(), Problems()
    stated = {"vcenter": config.get_object("vcenter"), "accounts": config.get_object("accounts")}
    place = f"access/Pulumi.{pulumi.get_stack()}.yaml"
    content = {"catalogue": config.get("catalogue") or "../catalogue"} | {k: v for k, v in stated.items() if v}
    plain: _Plain | None = validate(_Plain, content, place, problems)
    if not config.get("vcenterPassword"):
        problems.add(f"{place}: vcenterPassword", "is missing; set it by `pulumi config set --secret vcenterPassword`")
    if plain is not None:
        for account in sorted(table.accounts.keys() - plain.accounts.keys()):
            problems.add(f"{place}: accounts.{account}", "is missing")
        if len({name.casefold() for name in plain.accounts.values()}) < len(plain.accounts):
            problems.add(f"{place}: accounts", "must be different users: on one object a user has one role")
    if plain is None or problems.lines:
        raise UitwijkError(problems.lines)
    return AccessSettings(
        site=pulumi.get_stack(),
        catalogue=Path(plain.catalogue),
        vcenter=plain.vcenter,
        password=config.require_secret("vcenterPassword"),
        accounts=plain.accounts,
    )


def grant_access(table: Table, region: Region, settings: AccessSettings) -> None:
    """Registers the roles and permissions, and exports what a person has to do besides.

    Raises:
        UitwijkError: the stack is not named after a site, the vCenter refuses the account or lacks something.
    """
    if settings.site not in region.sites:
        raise UitwijkError(f"stack {settings.site} is not named after a site; there are: {', '.join(region.sites)}")
    provider = vsphere.Provider(
        "vcenter",
        vsphere_server=settings.vcenter.server,
        user=settings.vcenter.user,
        password=settings.password,
        allow_unverified_ssl=False,
    )
    objects = _objects(region, settings, provider)
    # Whoever destroys this stack, or by mistake takes a role out of the table, must not stop a failover with it.
    kept = pulumi.ResourceOptions(provider=provider, retain_on_delete=True)
    roles = {
        name: vsphere.Role(name, name=name, role_privileges=sorted(role.privileges), opts=kept)
        for name, role in table.roles.items()
    }
    for grant in table.grants:
        for name, identifier in objects.get(grant.object, {}).items():
            _permit(grant, name, identifier, settings.accounts[grant.account], roles[grant.role], provider)
    pulumi.export("byHand", [_by_hand(g, settings.accounts[g.account]) for g in table.grants if g.object == GLOBAL])


def _objects(
    region: Region, settings: AccessSettings, provider: pulumi.ProviderResource
) -> dict[ObjectKind, dict[str, str]]:
    """Managed object ids by kind and name."""
    site, invoke = settings.site, pulumi.InvokeOptions(provider=provider)
    identifiers = look_up(region, site, settings.vcenter.server, provider)
    folders = {path: vsphere.get_folder(path=path, opts=invoke).id for path in ("/", f"/{site}/vm")}
    templates = vsphere.get_folder(path=f"/{site}/vm/{TEMPLATES}", opts=invoke).id
    own = dataset_datastore(site)
    others = {name: id_ for name, id_ in identifiers.datastores.items() if name not in (LOCAL, own)}
    return {
        "vcenter": {"vcenter": folders["/"]},
        "datacenter": {site: identifiers.datacenter},
        "cluster": {f"cluster-{site}": identifiers.cluster},
        "local-datastore": {LOCAL: identifiers.datastores[LOCAL]},
        "own-dataset": {own: identifiers.datastores[own]},
        "other-datasets": others,
        "networks": dict(identifiers.networks),
        "machines": {"machines": folders[f"/{site}/vm"]},
        "templates": {TEMPLATES: templates},
    }


def _permit(
    grant: Grant, name: str, identifier: str, user: str, role: vsphere.Role, provider: pulumi.ProviderResource
) -> None:
    # All that is ignored below is in the name, so that a change of it makes another permission.
    slug = re.sub(r"[^a-z0-9]+", "-", user.lower())
    below = "-and-below" if grant.propagate else ""
    vsphere.EntityPermissions(
        f"{slug}-{grant.role}-on-{name}{below}",
        entity_id=identifier,
        entity_type=_DISTRIBUTED if identifier.startswith("dvportgroup") else _TYPES[grant.object],
        permissions=[
            vsphere.EntityPermissionsPermissionArgs(
                user_or_group=user, is_group=False, role_id=role.id, propagate=grant.propagate
            )
        ],
        opts=pulumi.ResourceOptions(
            provider=provider,
            # The provider takes what others may do with the object for its own, and would take it away from them.
            ignore_changes=["permissions"],
            retain_on_delete=True,
        ),
    )


def _by_hand(grant: Grant, user: str) -> str:
    below = "propagate to children" if grant.propagate else "do not propagate"
    return f"Administration, Global Permissions, Add: user {user}, role {grant.role}, {below}"
