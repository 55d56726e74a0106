"""The whole region, as a calamity is played on it."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.engine.stage import Ground

WHOLE_GROUND = Ground(ROOT / "catalogue", "bolsward", "leeuwarden", "iszf-office")
