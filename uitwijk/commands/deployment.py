"""A stack's state as `pulumi stack export` prints it, and what may be changed in it before `pulumi stack import`."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from uitwijk import utc
from uitwijk.files import write_private

Resource = Mapping[str, Any]
"""A resource as the state has it."""


def name_of(resource: Resource) -> str:
    """Its logical name."""
    return str(resource["urn"]).rsplit("::", 1)[1]


class Deployment:
    """The state of one stack. Its secrets stay encrypted."""

    def __init__(self, exported: str) -> None:
        self._content = json.loads(exported)
        # A stack to which nothing was ever applied has none.
        self._deployment: dict[str, Any] = self._content["deployment"] or {}

    @property
    def resources(self) -> list[dict[str, Any]]:
        """In the order in which the engine needs them: each behind its parent and what it depends on."""
        return self._deployment.get("resources") or []

    @property
    def pending(self) -> list[dict[str, Any]]:
        """What a run was about to do: `type` (creating, updating, deleting …) and `resource`."""
        return self._deployment.get("pending_operations") or []

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by logical name."""
        return {name_of(resource): resource for resource in self.resources if resource["type"] == kind}

    def forget(self, urns: Collection[str]) -> None:
        """Leaves these resources out, and lets nothing depend on them."""
        kept = [_without(urns, resource) for resource in self.resources if resource["urn"] not in urns]
        self._deployment["resources"] = kept

    def settle(self, over: Callable[[Mapping[str, Any]], bool]) -> None:
        """Leaves out the pending operations that are over."""
        self._deployment["pending_operations"] = [operation for operation in self.pending if not over(operation)]

    def take_in(self, resource: Resource) -> None:
        """Adds a resource that exists: behind all that it needs, before whatever may come to depend on it."""
        resources = list(self.resources)
        provider = str(resource["provider"]).rpartition("::")[0]
        needed = {resource["parent"], provider, *resource.get("dependencies", ())}
        last = max(place for place, each in enumerate(resources) if each["urn"] in needed)
        self._deployment["resources"] = [*resources[: last + 1], dict(resource), *resources[last + 1 :]]

    def text(self) -> str:
        """As `pulumi stack import` takes it."""
        return json.dumps(self._content)


def _without(gone: Collection[str], resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, depending on nothing that is gone."""
    kept = dict(resource)
    if "dependencies" in kept:
        kept["dependencies"] = [urn for urn in kept["dependencies"] if urn not in gone]
    if "propertyDependencies" in kept:
        kept["propertyDependencies"] = {
            key: [urn for urn in urns or () if urn not in gone] for key, urns in kept["propertyDependencies"].items()
        }
    return kept


def keep(folder: Path, site: str, before: str, exported: str) -> Path:
    """Writes a state into a file that its owner alone may read; its secrets are encrypted in it.

    Args:
        folder: of the project.
        site: whose stack.
        before: what is about to happen, a word for the file's name.
        exported: the state.
    """
    path = folder / f"{site}-before-{before}-{utc.file_stamp(utc.now())}.json"
    write_private(path, exported)
    return path
