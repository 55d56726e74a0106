"""Whatever we start ends with us: engines, their plugins, simulators."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engine.stage import HOME, Stage, processes_of
from tests.engine.waiting import wait_until

pytestmark = pytest.mark.timeout(240)


def test_an_interrupted_up_leaves_no_process_and_the_next_one_finishes_it(fresh: Stage) -> None:
    simulators = set(processes_of(fresh.folder))
    assert len(simulators) == 2
    creating = threading.Event()
    with ThreadPoolExecutor() as pool:
        up = pool.submit(fresh.up, HOME, on_machine=lambda *_: creating.set(), expect_failure=True)
        wait_until(lambda: creating.is_set() or up.done())
        assert any("pulumi-resource-vsphere" in command for command in processes_of(fresh.folder).values())
        fresh.engines[HOME].interrupt()
        run = up.result()[HOME]
    assert run.code
    assert wait_until(lambda: set(processes_of(fresh.folder)) == simulators)
    assert "Traceback" not in fresh.log(HOME)
    assert len(fresh.inventory(HOME).machines) < len(fresh.expected(HOME))

    fresh.up(HOME)
    machines = fresh.inventory(HOME).machines
    assert sorted(machine.name for machine in machines if machine.powered_on) == sorted(fresh.expected(HOME))


@pytest.mark.usefixtures("toolchain")
def test_nothing_survives_a_parent_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "stage"
    parent = subprocess.Popen([sys.executable, "-m", "tests.engine.bring_up", folder], cwd=ROOT)
    try:
        assert wait_until(lambda: parent.poll() is not None or (folder / "creating").exists())
        assert parent.poll() is None
        alive = " ".join(processes_of(folder).values())
        for program in ("vcenter-simulator", "pulumi-resource-vsphere", "pulumi-language-python"):
            assert program in alive
    finally:
        parent.kill()
        parent.wait()
    assert wait_until(lambda: not processes_of(folder))


@pytest.mark.usefixtures("toolchain")
@pytest.mark.parametrize(
    ("number", "program"), [(signal.SIGTERM, "vcenter-simulator"), (signal.SIGINT, "pulumi-resource-vsphere")]
)
def test_a_drill_that_is_interrupted_stops_everything_and_says_so(
    tmp_path: Path, number: signal.Signals, program: str
) -> None:
    evidence, stage = tmp_path / "evidence", tmp_path / "stage"
    stage.mkdir()
    drill = subprocess.Popen(
        [sys.executable, "-m", "uitwijk", "drill", "--out", evidence],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(stage)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until(lambda: drill.poll() is not None or any(program in it for it in processes_of(stage).values()))
    drill.send_signal(number)
    said, _ = drill.communicate()
    assert drill.returncode == 130, said
    assert "Traceback" not in said
    assert said.count("Broken off; whatever was started is stopped. Evidence so far: ") == 1
    assert wait_until(lambda: not processes_of(stage))
    assert not list(stage.iterdir())
    report = json.loads((evidence / "report.json").read_text(encoding="utf-8"))
    assert report["verdict"] == "failed"
    assert report["interrupted"] is True
    assert (evidence / "report.html").exists()
