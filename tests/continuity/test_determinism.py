"""The same input gives the same bytes, whatever Python makes of its hashes."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT

PLACE = """
import itertools, json
from uitwijk.continuity import place
from tests.regions import SMALL
from tests.continuity.situations import every_state, in_state
region = SMALL.region
closings = [(), ("kolkwijde-town-hall",), ("kust-office", "zandermeer-town-hall"), tuple(region.buildings)[:3]]
for states, closed in itertools.product(every_state(region), closings):
    situation = in_state(region, states, closed)
    print(situation.digest, json.dumps(place(region, situation).to_dict(), ensure_ascii=False))
"""


def placed_with(hash_seed: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", PLACE],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    ).stdout


def test_two_processes_place_byte_by_byte_the_same() -> None:
    first = placed_with("1")
    assert first.count(b"\n") == 9 * 4
    assert placed_with("2") == first
