"""What a wrong catalogue is told."""

from __future__ import annotations

import pytest

from tests.conftest import Catalogue
from uitwijk.continuity import load_region
from uitwijk.continuity.errors import CatalogueError

BUILDINGS = "kolkwijde-town-hall, kust-office, wilgendam-town-hall, zandermeer-town-hall"
"""Every building, as a message lists them."""


def problems(catalogue: Catalogue) -> list[str]:
    """Every line, without the name of the catalogue's folder; the catalogue must not load."""
    with pytest.raises(CatalogueError) as caught:
        load_region(catalogue.folder)
    return [line.removeprefix("catalogue/") for line in caught.value.problems]
