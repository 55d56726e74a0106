"""Whatever a file or an argument holds: no traceback, no hang, no gigabyte, and nothing changed that was refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.odd_input.fuzz import try_inputs

SHARE = 100


@pytest.mark.parametrize("first", range(0, 300, SHARE))
def test_odd_input_is_refused_in_plain_words_or_understood(first: int, tmp_path: Path) -> None:
    outcomes = list(try_inputs(range(first, first + SHARE), tmp_path))
    wrong = [f"{one.seed}: {one.finding}: {one.what}: {one.said[-500:]}" for one in outcomes if one.finding]
    assert wrong == []
    assert {0, 2} <= {one.code for one in outcomes}, "all are refused, or none is: nothing is tried"
