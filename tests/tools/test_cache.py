"""What is built lies in a cache of the user's, where versions stand side by side, and old ones do not stay for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.tools.conftest import Checkout
from uitwijk.cache import KEPT_DAYS, cache_folder
from uitwijk.tools.binaries import BINARIES
from uitwijk.tools.build import Workshop


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"UITWIJK_CACHE": "/named", "XDG_CACHE_HOME": "/caches"}, "/named"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/uitwijk"),
        ({"XDG_CACHE_HOME": "not/absolute"}, "/home/somebody/.cache/uitwijk"),
        ({"UITWIJK_CACHE": "", "XDG_CACHE_HOME": ""}, "/home/somebody/.cache/uitwijk"),
        ({}, "/home/somebody/.cache/uitwijk"),
    ],
)
def test_the_cache_is_where_the_user_says_or_where_caches_are(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    for name in ("UITWIJK_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(folder)


def aged(folder: Path, days: float) -> Path:
    then = time.time() - days * 24 * 3600
    os.utime(folder, (then, then))
    return folder


def test_what_nobody_used_for_long_goes_when_something_new_is_built(checkout: Checkout) -> None:
    assert checkout.make("vcenter-simulator", "pulumi") == 0
    (forgotten,) = checkout.folders("vcenter-simulator")
    (in_use,) = checkout.folders("pulumi")
    aged(forgotten, KEPT_DAYS + 1)
    aged(in_use, KEPT_DAYS - 1)
    checkout.change("simulator/main.go", "// newer\n")
    assert checkout.make("vcenter-simulator") == 0
    assert forgotten not in checkout.folders("vcenter-simulator")
    assert checkout.folders("pulumi") == [in_use]


def test_to_be_used_is_enough_to_stay(checkout: Checkout) -> None:
    assert checkout.make("vcenter-simulator", "pulumi") == 0
    (used,) = checkout.folders("pulumi")
    aged(used, KEPT_DAYS + 1)
    assert checkout.make("pulumi") == 0
    checkout.change("simulator/main.go", "// newer\n")
    assert checkout.make("vcenter-simulator") == 0
    assert checkout.folders("pulumi") == [used]


def test_the_engine_has_its_language_host_beside_it_in_a_folder_of_each_tool_chain(checkout: Checkout) -> None:
    workshop = Workshop(checkout.stream, checkout.root, checkout.cache)
    first = workshop.together(workshop.build(BINARIES))
    assert {"pulumi", "pulumi-language-python", "pulumi-language-python-exec"} <= {
        file.name for file in first.iterdir()
    }
    assert workshop.together(workshop.build(BINARIES)) == first
    checkout.change("tools/engine/go.sum", "changed\n")
    second = workshop.together(workshop.build(BINARIES))
    assert second != first
    assert (first / "pulumi").exists()
