"""The roles in the vCenters as data: which privilege, for which method, on which object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.fields import Entity, Flag
from uitwijk.continuity.reading import Problems, read_yaml, validate

FILE = Path(__file__).parent / "roles.yaml"
GLOBAL = "global"
"""The object above all vCenters; no interface of vSphere that the provider knows sets permissions on it."""

Account = Literal["program", "reader"]
ObjectKind = Literal[
    "global",
    "vcenter",
    "datacenter",
    "cluster",
    "local-datastore",
    "own-dataset",
    "other-datasets",
    "networks",
    "machines",
    "templates",
]
Text = Annotated[str, Field(min_length=1)]


class Privilege(Entity):
    """Why a role holds a privilege."""

    methods: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The methods that ask for it: of the Web Services API by name, of the REST interface by verb and path."""
    why: Text


class Role(Entity):
    """A role as it is made in the vCenter."""

    purpose: Text
    privileges: dict[Text, Privilege]
    """By the identifier that the API uses, e.g. `Network.Assign`; besides those that every role has."""


class Grant(Entity):
    """A role for an account, on an object or on each object of a kind."""

    account: Account
    role: Text
    object: ObjectKind
    propagate: Flag
    """Whether it holds for what lies below, too."""


class Table(Entity):
    """Everything about access to a vCenter."""

    accounts: dict[Account, Text]
    roles: dict[Text, Role]
    grants: tuple[Grant, ...]
    objects: dict[ObjectKind, Text]
    """How each kind of object is called for people."""
    reads: tuple[Text, ...]
    """Methods that need no more than what every role brings."""

    @model_validator(mode="after")
    def _is_complete(self) -> Table:
        granted = {grant.role for grant in self.grants}
        wrong = [f"role {role} is granted and not described" for role in sorted(granted - self.roles.keys())]
        wrong += [f"role {role} is described and never granted" for role in sorted(self.roles.keys() - granted)]
        wrong += [
            f"object {kind} has no name" for kind in sorted({g.object for g in self.grants} - self.objects.keys())
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def unexplained(self, methods: Iterable[str], account: Account = "program") -> list[str]:
        """Those of `methods` that no privilege of the account explains and that do not just read."""
        return sorted(set(methods) - self.needed_by(account).keys() - set(self.reads))

    def needed_by(self, account: Account) -> Mapping[str, frozenset[str]]:
        """The privileges that the account holds, by the method that needs them."""
        needed: dict[str, set[str]] = {}
        for role in {grant.role for grant in self.grants if grant.account == account}:
            for identifier, privilege in self.roles[role].privileges.items():
                for method in privilege.methods:
                    needed.setdefault(method, set()).add(identifier)
        return {method: frozenset(privileges) for method, privileges in sorted(needed.items())}


@cache
def load_table() -> Table:
    """The delivered table.

    Raises:
        UitwijkError: with everything that is wrong in the file.
    """
    problems = Problems()
    content = read_yaml(FILE, FILE.name, problems)
    table: Table | None = None if problems.lines else validate(Table, content, FILE.name, problems)
    if table is None:
        raise UitwijkError(problems.lines)
    return table
