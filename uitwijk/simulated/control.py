"""Speaks to the control endpoint of a simulator: what plays the outages and tells what was observed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from uitwijk.continuity.errors import UitwijkError


def control(url: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """One request to the control endpoint at `url`; returns what it answers, an empty mapping when that is nothing.

    Raises:
        UitwijkError: when it does not answer, or refuses.
    """
    request = urllib.request.Request(
        url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
    except urllib.error.URLError as error:
        raise UitwijkError(f"simulator at {url}: {method} {path}: {error}") from error
    result: dict[str, Any] = json.loads(content) if content.strip() else {}
    return result


def cut_off(url: str) -> None:
    """Plays the loss of the site whose simulator has its control endpoint at `url`.

    The vCenter never answers, and the guests' network and the storage are gone.

    Raises:
        UitwijkError: when the simulator does not answer, or refuses.
    """
    control(url, "POST", "/management", {"mode": "hang"})
    control(url, "POST", "/guests-network", {"mode": "cut"})
    control(url, "POST", "/datastores", {"mode": "unreadable"})
