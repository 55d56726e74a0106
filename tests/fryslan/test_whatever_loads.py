"""The delivered catalogue, changed as people change it: whatever is accepted can be built."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.fryslan.project import FRYSLAN
from tests.fryslan.situations import SITUATIONS
from tests.regions.building import PROGRAM, accepted, judge
from tests.regions.mutations import changed, read, write
from uitwijk.resources.testing import record_site

DELIVERED = read(FRYSLAN.catalogue)


@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_accepted_is_built_where_all_of_it_stands_after_a_failover(data: st.DataObject) -> None:
    files = data.draw(changed(DELIVERED))
    region = accepted(files)
    event("refused" if region is None else "accepted")
    if region is not None:
        with tempfile.TemporaryDirectory() as folder:
            write(files, Path(folder))
            recording = record_site("leeuwarden", situation=SITUATIONS["S2"], project=PROGRAM, catalogue=Path(folder))
        judge(region, "leeuwarden", recording)
