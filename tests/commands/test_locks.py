"""Runs that hold a stack, died on it or failed: who it was, whether the run lives, and what to do."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Desk
from tests.commands.inventories import inventory, machine
from tests.continuity.situations import situation
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.commands.readiness.stacks import lock_lines, release_lines
from uitwijk.commands.readiness.strays import stray_lines
from uitwijk.continuity import place
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import VirtualMachine
from uitwijk.observe.locks import Lock, find_locks
from uitwijk.observe.readings import StackReading
from uitwijk.observe.stacks import stack_name

HERE = socket.gethostname()
VELDOORD, ZANDERMEER = (stack_name("kustland", site) for site in ("veldoord", "zandermeer"))
RISK = "To cancel a run that lives lets two write over each other's state, and machines run that no state knows"
WAY_OUT = "`uitwijk recover veldoord`, then `pulumi up --stack veldoord --continue-on-error`"


def lock(backend: Path, pid: int, host: str = HERE, **said: Any) -> Path:
    """Writes a lock as the engine does, with the attributes that it keeps of each file unless told otherwise."""
    folder = backend / ".pulumi" / "locks" / "organization" / "kustland" / "veldoord"
    folder.mkdir(parents=True, exist_ok=True)
    content = {"pid": pid, "username": "operator", "hostname": host, "timestamp": "2026-11-28T08:12:00.195897792Z"}
    file = folder / f"{len(list(folder.iterdir()))}.json"
    file.write_text(json.dumps(content | said), encoding="utf-8")
    file.with_name(f"{file.name}.attrs").write_text('{"user.content_type": ""}', encoding="utf-8")
    return file


@contextlib.contextmanager
def process(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """One that goes by `name`, and lives as long as the context."""
    program = folder / name
    program.symlink_to(str(shutil.which("cat")))
    with subprocess.Popen(["cat"], executable=program, stdin=subprocess.PIPE) as running:
        yield running
        running.kill()


def line(found: tuple[Lock, ...], **pending: str) -> Line:
    facts = StackFacts("veldoord", readable=True)
    names = {name.replace("_", "-"): operation for name, operation in pending.items()}
    (only,) = lock_lines(StackReading("veldoord", None, None, facts, names, found, None))
    return only


@pytest.mark.parametrize(
    "url",
    [
        "file://{folder}",
        "file://{folder}?metadata=skip",
        "file://{folder}/?no_tmp_dir=true&metadata=skip",
        "file://./state",
        "file://state",
        "file://~/state?metadata=skip",
    ],
)
def test_a_lock_is_found_whatever_form_the_backends_url_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    lock(tmp_path / "state", os.getpid())
    (found,) = find_locks(url.format(folder=tmp_path / "state"), VELDOORD, tmp_path, {})
    assert (found.owner, found.pid) == (f"operator@{HERE}", os.getpid())
    assert f"{found.since:%H:%M:%S %Z}" == "08:12:00 UTC"


def test_a_backend_may_be_a_part_of_a_folder_with_a_blank_in_its_name(tmp_path: Path) -> None:
    lock(tmp_path / "our states" / "kust", 1)
    url = f"file://{tmp_path}/our%20states?prefix=kust/&metadata=skip"
    assert len(find_locks(url, VELDOORD, tmp_path, {})) == 1


def test_only_locks_of_the_stack_are_found(tmp_path: Path) -> None:
    lock(tmp_path, 1)
    assert find_locks(f"file://{tmp_path}", ZANDERMEER, tmp_path, {}) == ()
    assert find_locks(f"file://{tmp_path / 'elsewhere'}", VELDOORD, tmp_path, {}) == ()


@pytest.mark.parametrize("url", ["s3://states", "https://api.pulumi.com", "gs://states?prefix=a/", "azblob://states"])
def test_a_backend_that_is_no_folder_has_no_lines(tmp_path: Path, url: str) -> None:
    assert find_locks(url, VELDOORD, tmp_path, {}) == ()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "username": "", "hostname": ""}'])
def test_a_lock_that_is_just_being_written_is_passed_over(tmp_path: Path, content: str) -> None:
    lock(tmp_path, 1).write_text(content, encoding="utf-8")
    assert find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {}) == ()


def test_a_run_that_lives_is_waited_for(tmp_path: Path) -> None:
    with process(tmp_path, "pulumi") as engine:
        lock(tmp_path, engine.pid)
        held = line(find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {}))
    assert (held.subject, held.verdict) == ("lock veldoord", Verdict.ATTENTION)
    assert held.why == (
        f"held since 2026-11-28 08:12:00 UTC by operator@{HERE}, process {engine.pid}, which is at work: "
        "no other run can change the stack"
    )
    assert held.remedy == "wait for that run to end"


def test_a_run_that_is_dead_fails_and_names_what_finishes_it_and_its_risk(tmp_path: Path) -> None:
    with process(tmp_path, "pulumi") as engine:
        lock(tmp_path, engine.pid)
    held = line(find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {}), kolkwijde_taxes_application_1="deleting")
    assert held.verdict is Verdict.FAIL
    assert held.why.endswith(f"process {engine.pid}, which is dead: its run was broken off")
    assert held.remedy == WAY_OUT


def test_a_run_that_nobody_buried_is_dead(tmp_path: Path) -> None:
    with process(tmp_path, "pulumi") as engine:
        lock(tmp_path, engine.pid)
        engine.kill()
        os.waitid(os.P_PID, engine.pid, os.WEXITED | os.WNOWAIT)
        assert line(find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {})).verdict is Verdict.FAIL


def test_another_program_with_the_process_id_of_the_run_does_not_make_it_live(tmp_path: Path) -> None:
    with process(tmp_path, "pulumi) S 1 (cat") as other:
        lock(tmp_path, other.pid)
        assert line(find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {})).verdict is Verdict.FAIL


def test_of_a_run_on_another_machine_nobody_knows_whether_it_lives(tmp_path: Path) -> None:
    with process(tmp_path, "pulumi") as engine:
        lock(tmp_path, engine.pid, host="elsewhere")
        held = line(find_locks(f"file://{tmp_path}", VELDOORD, tmp_path, {}))
    assert held.verdict is Verdict.ATTENTION
    assert held.why.endswith(
        f"operator@elsewhere, process {engine.pid}; whether that still runs cannot be seen from this machine"
    )
    assert held.remedy.startswith(
        "wait for that run to end. Only if it is dead for certain, and somebody says so by name: "
    )
    assert "`uitwijk recover veldoord --owner-is-dead NAME`" in held.remedy
    assert held.remedy.endswith(RISK)


ENGINE = """#!/bin/sh
case "$1" in
whoami) printf '{"url": "file://%s"}' "$(dirname "$0")" ;;
stack) cat "$(dirname "$0")/state" ;;
*) exit 1 ;;
esac
"""


@pytest.mark.parametrize("said_by", ["environment", "login"])
@pytest.mark.parametrize(("host", "unfinished"), [(HERE, "fail"), ("elsewhere", "attention")])
def test_check_finds_the_lock_where_the_engine_keeps_the_stack(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said_by: str, host: str, unfinished: str
) -> None:
    (tmp_path / "pulumi").write_text(ENGINE, encoding="utf-8")
    (tmp_path / "pulumi").chmod(0o755)
    machine = {"urn": "urn:pulumi:a::uitwijk::b::c", "type": "vsphere:index/virtualMachine:VirtualMachine"}
    pending = [{"resource": machine, "type": "deleting"}]
    (tmp_path / "state").write_text(json.dumps({"deployment": {"pending_operations": pending}}), encoding="utf-8")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    if said_by == "environment":
        monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}?metadata=skip")
    lock(tmp_path, 0, host=host)
    found = {each["subject"]: each for each in json.loads(desk.uitwijk("check", "--json").out)["lines"]}
    assert found["lock veldoord"]["verdict"] == found["stack veldoord"]["verdict"] == unfinished
    assert "lock zandermeer" not in found
    assert found["stack zandermeer"]["remedy"] == (
        "`uitwijk recover zandermeer`, then `pulumi up --stack zandermeer --continue-on-error`"
    )


@pytest.fixture
def drained(region: Region) -> Placement:
    return place(region, situation(region, drained=["veldoord"], epoch=7))


def released(region: Region, placement: Placement, epoch: int, *left: str, pending: str = "") -> list[Line]:
    machines = {m.name for key in placement.runs_at("veldoord") for m in region.workloads[key].machines}
    facts = StackFacts("veldoord", readable=True, epoch=epoch, machines=frozenset({*machines, *left}))
    reading = StackReading("veldoord", None, None, facts, {pending: "deleting"} if pending else {}, (), None)
    return list(release_lines(region, placement, reading))


def test_a_release_that_failed_is_named_with_what_finishes_it(region: Region, drained: Placement) -> None:
    (line,) = released(region, drained, 7, "kolkwijde-taxes-application-1", "a-machine-that-left-the-catalogue-1")
    assert (line.subject, line.verdict) == ("release veldoord", Verdict.FAIL)
    assert line.why.startswith(
        "stack veldoord still holds 1 machines that are placed elsewhere: kolkwijde-taxes-application-1. "
    )
    assert line.remedy == WAY_OUT


def test_a_release_that_is_complete_or_yet_to_come_or_told_as_interrupted_is_no_line(
    region: Region, drained: Placement
) -> None:
    assert released(region, drained, 7) == []
    assert released(region, drained, 6, "kolkwijde-taxes-application-1") == []
    assert released(region, drained, 7, "kolkwijde-taxes-application-1", pending="kolkwijde-taxes-application-1") == []


def strays(region: Region, *standing: VirtualMachine, epoch: int | None = 7) -> list[Line]:
    facts = StackFacts("veldoord", readable=True, epoch=epoch, machines=frozenset({"kolkwijde-taxes-application-1"}))
    found = replace(inventory(region, "veldoord"), machines=standing)
    return list(stray_lines(region, StackReading("veldoord", None, None, facts, {}, (), None), found))


def test_a_machine_of_ours_that_the_stack_does_not_know_fails_and_is_not_to_be_deleted(region: Region) -> None:
    off = machine("kust-databases-server-1", powered_on=False)
    (line,) = strays(region, off, machine("kolkwijde-taxes-application-1"), machine("balk-taxes-application-1"))
    assert (line.subject, line.verdict) == ("strays veldoord", Verdict.FAIL)
    assert line.why.startswith("1 machines stand in the vCenter that stack veldoord does not know")
    assert line.why.endswith(": kust-databases-server-1")
    assert line.remedy == WAY_OUT


def test_machines_of_the_stack_and_machines_of_others_are_no_strays(region: Region) -> None:
    assert strays(region, machine("kolkwijde-taxes-application-1"), machine("somebody-elses-1")) == []


def test_machines_of_ours_beside_a_stack_that_holds_nothing_show_that_its_state_was_lost(region: Region) -> None:
    (line,) = strays(region, machine("kust-databases-server-1"), epoch=None)
    assert (line.subject, line.verdict) == ("strays veldoord", Verdict.FAIL)
    assert "`pulumi stack import --stack veldoord --file …`" in line.remedy
    assert "Never `pulumi stack init`" in line.remedy


def test_nobody_who_holds_the_stack_is_no_line() -> None:
    facts = StackFacts("veldoord", readable=True)
    assert not list(lock_lines(StackReading("veldoord", None, None, facts, {}, (), None)))
