"""`uitwijk rehearse` with the real engine: plans of calamities that nobody has to suffer."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.engine.stage import HOME, OTHER, Stage, processes_of
from tests.engine.test_commands import Checkout, checkout, running
from tests.engine.waiting import wait_until
from uitwijk.commands.rehearse.plan_book import PlanBook, Status
from uitwijk.commands.rehearse.previews import Previews
from uitwijk.commands.rehearse.rehearsal import Rehearsal, Rehearsed
from uitwijk.continuity import load_region
from uitwijk.continuity.calamity import Calamity
from uitwijk.continuity.region import Region

__all__ = ["checkout", "running"]
LOST, CLOSED = Calamity((OTHER,), ()), Calamity((), ("kolkwijde-town-hall",))


def rehearsed(stage: Stage, region: Region, catalogue: Path, book: PlanBook, folder: Path) -> list[Rehearsed]:
    previews = Previews(region, {site: e.stack for site, e in stage.engines.items()}, catalogue, folder)
    with stage.nothing_changes():
        return list(Rehearsal(region, book, previews.run).play([LOST, CLOSED]))


def test_a_rehearsal_changes_nothing_and_unrelated_changes_unverify_nothing(shared: Stage, tmp_path: Path) -> None:
    book = PlanBook(tmp_path / "plans")
    lost, closed = rehearsed(shared, shared.region, shared.catalogue, book, tmp_path / "first")
    for each in (lost, closed):
        assert (each.status, each.why) == (Status.NOT_VERIFIED, "no plan was approved yet")
        assert each.plan is not None
        book.approve(each.calamity.slug, each.plan)
    assert lost.plan is not None
    assert set(lost.plan["stacks"][HOME]["create"]["machines"]) == shared.cold(OTHER)
    assert closed.plan is not None
    assert closed.plan["stacks"] == {HOME: {}, OTHER: {}}

    # Machines grow everywhere: those that run would change today, and only those that would be made are planned.
    file = shared.catalogue / "services.yaml"
    before = file.read_bytes()
    grown = before.replace(b"size: M,", b"size: L,").replace(b"size: S,", b"size: M,")
    assert grown != before
    try:
        file.write_bytes(grown)
        region = load_region(shared.catalogue)
        lost, closed = rehearsed(shared, region, shared.catalogue, book, tmp_path / "second")
    finally:
        file.write_bytes(before)
    assert closed.status is Status.VERIFIED
    assert lost.status is Status.NEEDS_VERIFIED
    changed = {line.split(":")[0][1:].strip() for line in lost.difference if line[0] == "+"}
    assert changed & shared.cold(OTHER)
    assert changed <= {*shared.cold(OTHER), HOME}


def test_live_sites_are_rehearsed_on_as_plain_pulumi_finds_them(
    running: tuple[Checkout, subprocess.Popen[str]],
) -> None:
    checkout, _ = running
    words = ("rehearse", LOST.slug, "--live", "--strict", "--json")
    approved = checkout.uitwijk(*words, "--approve")
    assert approved.returncode == 0, approved.stderr
    assert [plan["status"] for plan in json.loads(approved.stdout)["plans"]] == ["NOT VERIFIED"]
    plan = PlanBook(checkout.folder / "plans").approved(LOST.slug)
    assert plan is not None
    region = load_region(checkout.folder / "catalogue")
    cold = {m.name for w in region.workloads.values() if w.home == OTHER and not w.hot for m in w.machines}
    assert set(plan["stacks"][HOME]["create"]["machines"]) == cold
    again = checkout.uitwijk(*words)
    assert (again.returncode, json.loads(again.stdout)["plans"][0]["status"]) == (0, "VERIFIED")
    assert "on a normal day" in again.stderr


def test_a_rehearsal_that_is_broken_off_leaves_no_process_and_no_plan(checkout: Checkout) -> None:
    with subprocess.Popen(
        checkout.command("rehearse", LOST.slug, "--approve"),
        cwd=checkout.folder,
        # So that its simulators are known by this folder.
        env={**os.environ, "TMPDIR": str(checkout.folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            wait_until(lambda: process.poll() is not None or bool(checkout.simulators()))
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not processes_of(checkout.folder)
    assert not (checkout.folder / "plans").exists()


@pytest.mark.parametrize("name", ["lost-atlantis", "kolkwijde"])
def test_an_unknown_calamity_is_one_clear_error_before_anything_starts(checkout: Checkout, name: str) -> None:
    said = checkout.uitwijk("rehearse", name)
    assert said.returncode == 2
    assert said.stderr.startswith(f"error: {name} is no single calamity of this region; there are: lost-veldoord, ")
    assert said.stderr.count("\n") == 1
