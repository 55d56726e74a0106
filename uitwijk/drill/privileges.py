"""Whether the account of a site's stack could do with the privileges that are written down for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uitwijk.access.table import load_table
from uitwijk.evidence.scenario import Scenario

_SHOWN = 5


def methods_explained(scenario: Scenario, site: str, observed: Mapping[str, Any]) -> None:
    """Every method that was called at the site's vCenter is in the table of privileges.

    A simulated vCenter lets everybody do everything: this shows what is called, not that a real one would permit it.
    """
    called = observed["requests"]["methods"]
    unknown = load_table().unexplained(called)
    scenario.check(
        f"{site}: every method that was called is explained by the table of privileges",
        "all",
        f"not in uitwijk/access/roles.yaml: {', '.join(unknown[:_SHOWN])}" if unknown else f"all {len(called)}",
        not unknown and bool(called),
    )
