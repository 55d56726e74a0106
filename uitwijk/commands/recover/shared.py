"""Folders, tag categories and tags that stand in a vCenter, as the state would have them (`resources/site.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import machine_folders, machine_tags
from uitwijk.observe.inventory import Inventory

FOLDER = "vsphere:index/folder:Folder"
CATEGORY = "vsphere:index/tagCategory:TagCategory"
TAG = "vsphere:index/tag:Tag"
_NOT_OURS = (
    "a tag category of this name is somebody else's: it is not for one tag a machine. Rename it in the vSphere Client "
    "(Tags & Custom Attributes)"
)


@dataclass(frozen=True)
class Shared:
    """One thing that all machines of a site share, and that stands in its vCenter."""

    name: str
    """Logical name."""
    noun: str
    kind: str
    """The engine's type."""
    id: str
    inputs: Mapping[str, Any]
    needs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Type and logical name of the resource that an input comes from, by the input."""
    ignored: tuple[str, ...] = ()
    """Inputs whose changes the program ignores."""
    unfit: str = ""
    """Why it cannot be what the program would make, and what a person has to do; empty: it can."""

    def in_state(self, site: Mapping[str, Any], provider: Mapping[str, Any]) -> dict[str, Any]:
        """As the state would have it, had the program made it.

        Args:
            site: the site's component in the state.
            provider: its vCenter in the state.
        """
        needed = {key: [_urn(site, *each)] for key, each in self.needs.items()}
        return {
            "urn": _urn(site, self.kind, self.name),
            "custom": True,
            "id": self.id,
            "type": self.kind,
            "inputs": {"__defaults": [], **self.inputs},
            "outputs": {**self.inputs, "id": self.id},
            "parent": site["urn"],
            "provider": f"{provider['urn']}::{provider['id']}",
            "dependencies": [urn for urns in needed.values() for urn in urns],
            "propertyDependencies": {key: needed.get(key, []) for key in self.inputs},
            **({"ignoreChanges": list(self.ignored)} if self.ignored else {}),
        }


def shared_resources(region: Region, site: str, inventory: Inventory) -> Iterator[Shared]:
    """What stands in the site's vCenter under the names that the program gives, each behind what it needs."""
    for name, path in machine_folders(region).items():
        if path in inventory.folder_ids and site in inventory.datacenter_ids:
            inputs = {"datacenterId": inventory.datacenter_ids[site], "path": path, "type": "vm"}
            yield Shared(name, "folder", FOLDER, inventory.folder_ids[path], inputs)
    for category, tags in machine_tags(region).items():
        found = inventory.tag_categories.get(category)
        if found is None:
            continue
        kinds = {"associableTypes": ["VirtualMachine"], "cardinality": "SINGLE", "name": category}
        fits = found.single and found.for_machines
        unfit = "" if fits else _NOT_OURS
        ignored = ("associableTypes",)
        yield Shared(category, "tag category", CATEGORY, found.id, kinds, ignored=ignored, unfit=unfit)
        for tag in tags if fits else ():
            if tag in found.tags:
                inputs = {"categoryId": found.id, "name": tag}
                needs = {"categoryId": (CATEGORY, category)}
                yield Shared(f"{category}-{tag}", "tag", TAG, found.tags[tag], inputs, needs)


def _urn(site: Mapping[str, Any], kind: str, name: str) -> str:
    stack, project, kinds, _ = str(site["urn"]).removeprefix("urn:pulumi:").split("::", 3)
    return f"urn:pulumi:{stack}::{project}::{kinds}${kind}::{name}"
