"""A build that is stopped, killed, or started twice."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.conftest import Checkout


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; pytest-timeout ends a wait in vain."""
    while not condition():
        time.sleep(0.01)


def process_ended(pid: int) -> bool:
    """Whether the process is gone, or only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc, and relies on the kernel to end orphans")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_build_leaves_no_compiler_and_no_binary_and_is_taken_up_again(
    checkout: Checkout, number: signal.Signals
) -> None:
    assert checkout.make("vcenter-simulator") == 0
    waits = checkout.fake / "build.waits"
    waits.touch()
    (checkout.fake / "pid").unlink()
    builder = checkout.start("vcenter-simulator", "pulumi")
    eventually((checkout.fake / "pid").exists)
    compiler = int((checkout.fake / "pid").read_text())

    builder.send_signal(number)
    _, said = builder.communicate()

    assert builder.returncode == (-number if number == signal.SIGKILL else 130)
    assert "Traceback" not in said
    assert number == signal.SIGKILL or "goes on where it was" in said
    eventually(lambda: process_ended(compiler))
    assert checkout.binaries() == ["vcenter-simulator"]

    waits.unlink()
    assert checkout.make("vcenter-simulator", "pulumi") == 0
    assert checkout.builds == ["vcenter-simulator", "pulumi"]
    assert os.listdir(checkout.cache / "tmp") == []


@pytest.mark.timeout(60)
def test_two_builds_at_once_build_each_binary_once(checkout: Checkout) -> None:
    waits = checkout.fake / "build.waits"
    waits.touch()
    first = checkout.start()
    eventually((checkout.fake / "pid").exists)
    second = checkout.start()
    assert second.stderr is not None
    assert "another build is running here" in second.stderr.readline()

    waits.unlink()

    first.communicate()
    second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(checkout.builds) == len(set(checkout.builds)) == 5
