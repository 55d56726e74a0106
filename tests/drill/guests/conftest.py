"""Living guests for tests; a test that needs them is skipped where there are none, and fails so in CI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needed import needed
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.guests import Guests
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template, find_template


@pytest.fixture(scope="session")
def template() -> Template:
    """The root on which guests stand."""
    found = needed("living guests", lambda: find_template("required", lambda _: None), UitwijkError)
    assert found is not None, "required"
    return found


@pytest.fixture
def loopback(region: Region) -> Iterator[Loopback]:
    """A map of the region's addresses that nobody else uses."""
    with Loopback.reserve(region) as reserved:
        yield reserved


@pytest.fixture
def guests(template: Template, loopback: Loopback, tmp_path: Path) -> Iterator[Guests]:
    """No guest yet; a test boots its own."""
    with Guests(tmp_path / "guests", template, loopback) as empty:
        yield empty
