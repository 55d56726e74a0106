"""Reads the tags of a vCenter, and which of its objects bear them, through its REST interface."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_API = "/rest/com/vmware/cis"


@dataclass(frozen=True)
class TagCategory:
    """A category of tags."""

    id: str
    single: bool
    """Whether an object bears one of its tags at most."""
    for_machines: bool
    """Whether a machine may bear one."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Identifier of each tag, by its name."""


@dataclass(frozen=True)
class Tags:
    """All tags of a vCenter."""

    categories: Mapping[str, TagCategory] = field(default_factory=dict)
    """By name."""
    borne: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Tag names by category name, by managed object id (`vm-42`); several of one category are joined by a comma."""


def read_tags(host: str, port: int, user: str, password: str, context: ssl.SSLContext, *, timeout: float) -> Tags:
    """The categories, their tags, and what bears them.

    The old `/rest` interface, because every vCenter from 6.5 has it.

    Raises:
        OSError, http.client.HTTPException: the vCenter does not answer, or answers with an error.
    """
    with _session(host, port, user, password, context, timeout) as call:
        # An empty list may come as null.
        categories = {
            each: call("GET", f"tagging/category/id:{each}") for each in call("GET", "tagging/category") or ()
        }
        tags = {each: call("GET", f"tagging/tag/id:{each}") for each in call("GET", "tagging/tag") or ()}
        attached = tags and call(
            "POST", "tagging/tag-association?~action=list-attached-objects-on-tags", {"tag_ids": sorted(tags)}
        )
    found: dict[str, dict[str, list[str]]] = {}
    for association in attached or ():
        tag = tags[association["tag_id"]]
        category = categories[tag["category_id"]]["name"]
        for thing in association["object_ids"] or ():
            found.setdefault(thing["id"], {}).setdefault(category, []).append(tag["name"])
    return Tags(
        categories={each["name"]: _category(each, tags) for each in categories.values()},
        borne={
            thing: {category: ", ".join(sorted(names)) for category, names in sorted(by_category.items())}
            for thing, by_category in found.items()
        },
    )


def _category(found: Mapping[str, Any], tags: Mapping[str, Mapping[str, Any]]) -> TagCategory:
    kinds = found.get("associable_types") or ()
    return TagCategory(
        id=found["id"],
        single=found["cardinality"] == "SINGLE",
        # A vCenter reads the types back under more than one spelling; none at all stands for all.
        for_machines=not kinds or any(str(kind).rpartition(":")[2] == "VirtualMachine" for kind in kinds),
        tags={tag["name"]: tag["id"] for tag in tags.values() if tag["category_id"] == found["id"]},
    )


@contextmanager
def _session(host: str, port: int, user: str, password: str, context: ssl.SSLContext, timeout: float) -> Iterator[Any]:
    connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}

    def call(method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body)
        connection.request(method, f"{_API}/{path}", content, {**headers, "Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise http.client.HTTPException(
                f"{method} {path.partition('?')[0]}: status {response.status} {response.reason}"
            )
        return json.loads(answer)["value"] if answer else None

    try:
        token = call("POST", "session")
        headers = {"vmware-api-session-id": token}
        yield call
        call("DELETE", "session")
    finally:
        connection.close()
