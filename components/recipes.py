"""What machines of this region are told to do, by recipe: the library's jobs, and the region's own beside them."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.machines import recipes

JOBS: Mapping[str, recipes.MakeJob] = {**recipes.JOBS}
"""An own recipe has its contract in `catalogue/recipes/` and its job here."""
