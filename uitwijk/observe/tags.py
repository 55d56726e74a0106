"""Reads the tags of a vCenter's objects through its REST interface."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_API = "/rest/com/vmware/cis"


def read_tags(
    host: str, port: int, user: str, password: str, context: ssl.SSLContext, *, timeout: float
) -> Mapping[str, Mapping[str, str]]:
    """Tag names by category name, by managed object id (`vm-42`); several tags of one category are joined by a comma.

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
        if not tags:
            return {}
        attached = call(
            "POST", "tagging/tag-association?~action=list-attached-objects-on-tags", {"tag_ids": sorted(tags)}
        )
    found: dict[str, dict[str, list[str]]] = {}
    for association in attached or ():
        tag = tags[association["tag_id"]]
        category = categories[tag["category_id"]]["name"]
        for thing in association["object_ids"] or ():
            found.setdefault(thing["id"], {}).setdefault(category, []).append(tag["name"])
    return {
        thing: {category: ", ".join(sorted(names)) for category, names in sorted(by_category.items())}
        for thing, by_category in found.items()
    }


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
