"""What is left when the process dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from uitwijk.drill.report.page import render

ROOT = Path(__file__).parents[2]
EXERCISE = """
import sys, time
from pathlib import Path
from uitwijk.evidence.recorder import Evidence

with Evidence(Path(sys.argv[1]), {}, "duty officer") as evidence:
    with evidence.scenario("S2", "Veldoord is lost", planned=["Take over", "Failback"]) as scenario:
        scenario.check("Before the end", 1, 1, True)
        with scenario.step("Take over"):
            print("begun", flush=True)
            time.sleep(600)
"""


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_dies_leaves_a_failed_and_readable_report(tmp_path: Path, way: signal.Signals) -> None:
    folder = tmp_path / "evidence"
    process = subprocess.Popen(
        [sys.executable, "-c", EXERCISE, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(way)
        process.wait()
    finally:
        process.kill()
        process.communicate()

    report = json.loads((folder / "report.json").read_text())
    scenario = report["scenarios"][0]
    assert (report["verdict"], scenario["verdict"]) == ("failed", "failed")
    assert [check["name"] for check in scenario["checks"]] == ["Before the end"]
    assert scenario["steps"][0]["result"].startswith("failed")
    assert scenario["interrupted"] is (way is signal.SIGINT)
    for line in (folder / "events.jsonl").read_text().splitlines():
        json.loads(line)
    assert "Failed" in render(folder).read_text()
