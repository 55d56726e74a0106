"""Whatever the catalogue accepts can be built: at every site, on a normal day and when another site is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.regions import FOREIGN, SMALL, Data
from tests.regions.building import accepted, build
from tests.regions.mutations import changed, read

ORIGINALS = {"small": read(SMALL.catalogue), "foreign": read(FOREIGN.catalogue)}


@pytest.mark.parametrize("data", [SMALL, FOREIGN], ids=["small", "foreign"])
def test_the_regions_of_the_tests_are_built_right(data: Data) -> None:
    build(data.region, read(data.catalogue))


@settings(
    max_examples=50,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_any_change_is_accepted_or_refused_in_words(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(sorted(ORIGINALS)))
    region = accepted(data.draw(changed(ORIGINALS[original])))
    event("refused" if region is None else "accepted")


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_whatever_is_accepted_is_built(data: st.DataObject) -> None:
    files = data.draw(changed(ORIGINALS["small"]))
    region = accepted(files)
    event("refused" if region is None else "accepted")
    if region is not None:
        build(region, files)
