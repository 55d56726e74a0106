"""Whatever a file or an argument holds: no traceback, no hang, no gigabyte, and nothing changed that was refused."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SHARE = 100


@pytest.mark.parametrize("first", range(0, 300, SHARE))
def test_odd_input_is_refused_in_plain_words_or_understood(first: int) -> None:
    # In a process of its own: a child of one with threads, as a test's is, may wait for ever for what they held.
    fuzz = [sys.executable, "-m", "tests.odd_input.fuzz", "--first", str(first), "--count", str(SHARE)]
    done = subprocess.run(fuzz, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (counts,) = re.findall(r"(\d+) refused, (\d+) accepted; 0 findings", done.stdout)
    assert all(int(count) for count in counts), "all are refused, or none is: nothing is tried"
