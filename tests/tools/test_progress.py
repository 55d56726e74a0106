"""What the person who waits sees."""

from __future__ import annotations

import io

import pytest

from tests.tools.conftest import Checkout
from uitwijk.tools.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_gets_one_line_each_fifteen_seconds() -> None:
    log, clock = io.StringIO(), Clock()
    progress = Progress(log, clock=clock)
    progress.start("[2/5] building Pulumi engine")
    for second in range(1, 41):
        clock.now = second
        progress.tick("612 packages compiled of at most 1480")
    assert log.getvalue().splitlines() == [
        "[2/5] building Pulumi engine …",
        "[2/5] building Pulumi engine … 15s (612 packages compiled of at most 1480)",
        "[2/5] building Pulumi engine … 30s (612 packages compiled of at most 1480)",
    ]


def test_a_terminal_gets_one_line_that_changes_in_place() -> None:
    terminal, clock = Terminal(), Clock()
    progress = Progress(terminal, clock=clock)
    progress.start("building")
    clock.now = 72
    progress.tick()
    progress.finish("built")
    assert terminal.getvalue() == "\r\x1b[Kbuilding …\r\x1b[Kbuilding … 1m12s\r\x1b[Kbuilt (1m12s)\n"


def test_an_error_begins_on_a_line_of_its_own() -> None:
    terminal = Terminal()
    progress = Progress(terminal, clock=Clock())
    progress.start("building")
    progress.leave()
    assert terminal.getvalue().endswith("…\n")


def test_each_step_names_its_place_among_all(checkout: Checkout) -> None:
    assert checkout.make() == 0
    assert "[1/5] fetching the modules of vCenter simulator" in checkout.said
    assert "[3/5] building Pulumi engine" in checkout.said
    assert "[5/5] built random provider" in checkout.said


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0s"), (59.9, "59s"), (72, "1m12s"), (3780, "1h03m")])
def test_durations_read_as_a_person_says_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
