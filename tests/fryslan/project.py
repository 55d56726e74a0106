"""Fryslân's data: the root of this repository is its project."""

from __future__ import annotations

from pathlib import Path

from tests.regions import Data

FRYSLAN = Data(Path(__file__).resolve().parents[2])
