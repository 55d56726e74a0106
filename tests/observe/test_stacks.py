"""What a stack's exported state says, and what makes it unreadable."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from uitwijk.observe import read_stack
from uitwijk.observe.stacks import parse_export

MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
DISK = "vsphere:index/virtualDisk:VirtualDisk"
SITUATION = "uitwijk:index:Situation"


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:veldoord::uitwijk::uitwijk:index:Municipality${kind}::{name}", "type": kind, **more}


def export(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": list(resources), "pending_operations": list(pending)}})


def test_a_state_tells_machines_disks_and_the_situation_applied():
    facts = parse_export(
        "veldoord",
        export(
            resource("pulumi:pulumi:Stack", "uitwijk-veldoord"),
            resource(SITUATION, "situation", inputs={"epoch": 4, "digest": "abc"}),
            resource(MACHINE, "kolkwijde-counter-application-1"),
            resource(DISK, "kust-databases-server-1-data", inputs={"size": 500}, outputs={"size": 600}),
        ),
    )
    assert facts.readable
    assert (facts.epoch, facts.digest) == (4, "abc")
    assert facts.machines == {"kolkwijde-counter-application-1"}
    assert facts.disks == {"kust-databases-server-1-data": 500}


@pytest.mark.parametrize("kind", ["creating", "updating", "deleting"])
def test_what_an_interrupted_run_was_doing_counts_as_there(kind):
    pending = {"type": kind, "resource": resource(MACHINE, "kolkwijde-counter-application-1")}
    assert parse_export("veldoord", export(pending=(pending,))).machines == {"kolkwijde-counter-application-1"}


def test_what_is_yet_to_be_deleted_counts_as_there():
    condemned = resource(MACHINE, "kolkwijde-counter-application-1", delete=True)
    assert parse_export("veldoord", export(condemned)).machines == {"kolkwijde-counter-application-1"}


def test_the_situation_counts_as_applied_while_its_outputs_are_not_there_yet():
    facts = parse_export("veldoord", export(resource(SITUATION, "situation", inputs={"epoch": 4, "digest": "abc"})))
    assert facts.epoch == 4


@pytest.mark.parametrize("deployment", [{}, None, {"resources": []}, {"resources": None, "manifest": {}}])
def test_an_initialised_stack_is_readable_and_has_applied_nothing(deployment):
    facts = parse_export("veldoord", json.dumps({"version": 3, "deployment": deployment}))
    assert facts.readable
    assert (facts.epoch, facts.digest, facts.machines, facts.disks) == (None, None, frozenset(), {})


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[]", '{"deployment": [1]}', '{"deployment": {"resources": [{"urn": "x"}]}}', '{"version": 3}'],
)
def test_what_is_no_state_is_unreadable_rather_than_empty(text):
    facts = parse_export("veldoord", text)
    assert not facts.readable
    assert "not understood" in facts.why


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch):
    """Puts a script in pulumi's place."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def place(script: str) -> Path:
        """Returns the folder where the script lies."""
        path = folder / "pulumi"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return folder

    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return place


def test_a_stack_is_asked_for_by_its_full_name_in_the_backend_of_its_own(pulumi):
    folder = pulumi('printf \'{"deployment": {}}\'; echo "$*|$PULUMI_BACKEND_URL" > "$(dirname "$0")/asked"')
    assert read_stack("zandermeer", "file:///elsewhere", project="uitwijk").readable
    asked = (folder / "asked").read_text().strip()
    question = "stack export --stack organization/uitwijk/zandermeer --non-interactive --color never"
    assert asked == f"{question}|file:///elsewhere"


def test_without_a_backend_of_its_own_the_one_in_use_is_asked(pulumi, monkeypatch):
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///ours")
    pulumi('[ "$PULUMI_BACKEND_URL" = file:///ours ] && printf \'{"deployment": {}}\'')
    assert read_stack("zandermeer", project="uitwijk").readable


def test_a_stack_that_pulumi_cannot_export_is_unreadable_in_its_own_words(pulumi):
    pulumi("echo 'warning: something' >&2; echo 'error: the state is from a newer version' >&2; exit 255")
    facts = read_stack("zandermeer", project="uitwijk")
    assert (facts.readable, facts.why) == (False, "the state is from a newer version")


def test_a_failure_without_words_is_told_by_its_code(pulumi):
    pulumi("exit 7")
    assert read_stack("zandermeer", project="uitwijk").why == "pulumi stack export ended with code 7"


def test_without_pulumi_a_stack_is_unreadable(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    facts = read_stack("zandermeer", project="uitwijk")
    assert not facts.readable
    assert facts.why == "pulumi is not on PATH"


def test_a_pulumi_that_hangs_is_killed_with_its_children(pulumi):
    folder = pulumi('sleep 600 & echo $! > "$(dirname "$0")/child"; wait')
    facts = read_stack("zandermeer", project="uitwijk", answer_seconds=0.5)
    child = int((folder / "child").read_text())
    assert (facts.readable, facts.why) == (False, "pulumi did not answer within 0.5 s")
    deadline = time.monotonic() + 10
    while _running(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _running(child)


def _running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
