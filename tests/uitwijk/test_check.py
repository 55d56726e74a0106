"""`uitwijk check`: each line can be made to fail, and says why and what to do."""

from __future__ import annotations

import dataclasses
import json
import re
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from continuity.region import Region
from tests.uitwijk.conftest import Desk
from tests.uitwijk.inventories import inventory, machine
from uitwijk import check as checking
from uitwijk.readiness.line import Verdict
from uitwijk.readiness.sites import mirror_lines

PASSWORD = "sentinel-4711"
CALAMITY = re.compile(r"if (lost|closed) ")

PULUMI = f"""#!{sys.executable}
import json, pathlib, sys
answers = pathlib.Path(__file__).parent / "answers"
stack = sys.argv[sys.argv.index("--stack") + 1].rsplit("/", 1)[-1]
kind = "config" if sys.argv[1] == "config" else "state"
with open(answers / "asked", "a") as log:
    log.write(stack + "." + kind + "\\n")
answer = answers / (stack + "." + kind)
if not answer.exists():
    sys.exit("error: no stack named '" + stack + "' found")
text = answer.read_text()
sys.exit(text) if text.startswith("error") else print(text)
"""


class Engine:
    """A `pulumi` on PATH that gives prepared answers about the stacks."""

    def __init__(self, folder: Path) -> None:
        self._answers = folder / "answers"
        self._answers.mkdir(parents=True)
        program = folder / "pulumi"
        program.write_text(PULUMI, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)

    def configured(self, site: str, server: str, **more: Any) -> None:
        """The stack has its settings."""
        settings: dict[str, Any] = {
            "vcenter": {"server": server, "user": "checker"},
            "vcenterPassword": PASSWORD,
            **more,
        }
        answer = {
            f"uitwijk:{key}": {"value": value, **({"objectValue": value} if isinstance(value, dict) else {})}
            for key, value in settings.items()
        }
        self._write(f"{site}.config", json.dumps(answer))

    def applied(self, site: str, epoch: int, digest: str, pending: tuple[str, ...] = ()) -> None:
        """The stack's state holds a situation, and operations that were interrupted."""
        urn = f"urn:pulumi:{site}::uitwijk::"
        situation = {
            "urn": f"{urn}uitwijk:index:Situation::situation",
            "type": "uitwijk:index:Situation",
            "inputs": {"epoch": epoch, "digest": digest},
        }
        kind = "vsphere:index/virtualMachine:VirtualMachine"
        interrupted = [{"resource": {"urn": f"{urn}{kind}::{name}", "type": kind}} for name in pending]
        self._write(
            f"{site}.state", json.dumps({"deployment": {"resources": [situation], "pending_operations": interrupted}})
        )

    def empty(self, site: str) -> None:
        """The stack is initialised and was never brought up."""
        self._write(f"{site}.state", json.dumps({"deployment": {}}))

    def complains(self, site: str, about: str) -> None:
        """Neither settings nor state can be had."""
        self._write(f"{site}.state", f"error: {about}")
        self._write(f"{site}.config", f"error: {about}")

    @property
    def asked(self) -> set[str]:
        """What was asked for: `STACK.config` or `STACK.state`."""
        log = self._answers / "asked"
        return set(log.read_text(encoding="utf-8").split()) if log.exists() else set()

    def _write(self, name: str, text: str) -> None:
        (self._answers / name).write_text(text, encoding="utf-8")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(folder))
    return Engine(folder)


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


def lines(desk: Desk) -> dict[str, dict[str, str]]:
    """The lines by subject."""
    return {line["subject"]: line for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]}


def both_applied(desk: Desk, engine: Engine) -> None:
    for site in ("bolsward", "leeuwarden"):
        engine.applied(site, desk.situation.epoch, desk.situation.digest)


def test_without_pulumi_nothing_fails_and_what_was_not_checked_is_named(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = desk.uitwijk("check", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["verdict"]) == (0, "attention")
    unchecked = [line["subject"] for line in facts["lines"] if "not checked, because" in line["why"]]
    assert unchecked == [
        "stack bolsward",
        "vCenter bolsward",
        "stack leeuwarden",
        "vCenter leeuwarden",
        "mirror",
        "split brain",
    ]


def test_every_finding_has_a_remedy_and_nothing_else_has(desk: Desk, engine: Engine, refusing: str) -> None:
    engine.configured("bolsward", refusing)
    engine.applied("bolsward", 7, "x")
    for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]:
        assert bool(line["remedy"]) == (line["verdict"] != "ok"), line


def test_the_delivered_region_bears_every_single_loss(desk: Desk) -> None:
    bearable = {subject: line["verdict"] for subject, line in lines(desk).items() if CALAMITY.match(subject)}
    known = ("harlingen-town-hall", "leeuwarden-town-hall")
    assert bearable == {s: "attention" if s.endswith(known) else "ok" for s in bearable}
    assert len(bearable) == 2 + 9 + 2
    assert "if lost leeuwarden, closed leeuwarden-town-hall" in bearable


def test_an_accepted_shortfall_needs_attention_and_is_named_with_owner_and_date(desk: Desk) -> None:
    line = lines(desk)["if closed harlingen-town-hall"]
    assert (line["verdict"], line["why"]) == (
        "attention",
        "8 seats short, accepted by the board of the ISZF on 2026-06-30",
    )


def test_more_people_without_a_seat_than_were_accepted_fail(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "region.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    seats: 8\n", "    seats: 7\n"), encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    line = {each["subject"]: each for each in json.loads(said.out)["lines"]}["if closed harlingen-town-hall"]
    assert (said.code, line["verdict"]) == (1, "fail")
    assert "8 seats short (harlingen 8), 7 accepted" in line["why"]


def test_a_site_that_cannot_carry_everything_fails(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "leeuwarden", (3, 4, 5))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = lines(desk)
    assert found["if lost bolsward"]["verdict"] == "fail"
    assert "no room for" in found["if lost bolsward"]["why"]
    assert found["if lost leeuwarden"]["verdict"] == "ok"


def test_a_site_without_a_spare_host_needs_attention(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "leeuwarden", (5,))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert lines(desk)["if lost bolsward"]["why"] == "no spare host at leeuwarden"


def _host(line: str, site: str, numbers: tuple[int, ...]) -> bool:
    return any(f"{site}-host-{number}," in line for number in numbers)


def test_a_spoiled_catalogue_fails_with_every_problem(desk: Desk) -> None:
    hall = desk.folder / "catalogue" / "municipalities" / "harlingen.yaml"
    hall.write_text(hall.read_text(encoding="utf-8").replace("home: bolsward", "home: sneek\nfax: 1"), encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    assert said.code == 1
    whys = [line["why"] for line in json.loads(said.out)["lines"]]
    assert any("fax" in why for why in whys)
    assert all(line["verdict"] == "fail" for line in json.loads(said.out)["lines"])


def test_a_spoiled_situation_fails_and_the_losses_are_still_judged(desk: Desk) -> None:
    desk.file.write_text("epoch: 0\n", encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    found = json.loads(said.out)["lines"]
    assert said.code == 1
    assert {line["verdict"] for line in found if line["subject"] == "situation"} == {"fail"}
    assert any(line["subject"] == "if lost bolsward" for line in found)


def test_a_situation_that_is_not_normal_needs_attention(desk: Desk) -> None:
    desk.must_declare("lost bolsward closed iszf-office override peer-holds")
    why = lines(desk)["situation"]["why"]
    assert why == "epoch 2: bolsward is lost; iszf-office is closed; peer-holds is overridden"


def test_a_hypothetical_situation_fails(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("hypothetical: false", "hypothetical: true"), encoding="utf-8")
    assert lines(desk)["situation"]["verdict"] == "fail"


def test_stacks_at_the_situations_epoch_are_ok(desk: Desk, engine: Engine) -> None:
    both_applied(desk, engine)
    assert lines(desk)["stack leeuwarden"] == {
        "subject": "stack leeuwarden",
        "verdict": "ok",
        "why": "epoch 1, 0 machines, nothing pending",
        "remedy": "",
    }


STATES = {
    "an older epoch": ((1, "x", ()), "attention", "is at epoch 1, the situation at epoch 2"),
    "a newer epoch": ((3, "x", ()), "fail", "has applied epoch 3, the situation here is only epoch 2"),
    "another situation of the same epoch": ((2, "x", ()), "fail", "another situation with the same epoch 2"),
    "an interrupted update": ((2, "", ("harlingen-counter-application-1",)), "fail", "harlingen-counter-application-1"),
}


@pytest.mark.parametrize(("applied", "verdict", "why"), STATES.values(), ids=STATES.keys())
def test_a_stack_that_is_not_where_the_situation_is(
    desk: Desk, engine: Engine, applied: tuple[int, str, tuple[str, ...]], verdict: str, why: str
) -> None:
    desk.must_declare("closed balk-town-hall")
    epoch, digest, pending = applied
    engine.applied("bolsward", epoch, digest or desk.situation.digest, pending)
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == verdict
    assert why in line["why"]


def test_a_stack_that_was_never_brought_up_needs_attention(desk: Desk, engine: Engine) -> None:
    engine.empty("bolsward")
    assert lines(desk)["stack bolsward"]["why"] == "was never brought up"


def test_a_stack_that_is_not_initialised_was_not_checked(desk: Desk, engine: Engine) -> None:
    assert engine.asked == set()
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == "attention"
    assert line["remedy"] == "`pulumi stack init bolsward`"


def test_a_state_that_cannot_be_read_fails(desk: Desk, engine: Engine) -> None:
    engine.complains("bolsward", "read bucket: connection reset")
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == "fail"
    assert "read bucket: connection reset" in line["why"]


def test_a_state_that_is_no_state_fails(desk: Desk, engine: Engine) -> None:
    engine.applied("bolsward", 1, "x")
    (Path(engine._answers) / "bolsward.state").write_text('{"deployment": {"resources": [1]}}', encoding="utf-8")
    assert lines(desk)["stack bolsward"]["verdict"] == "fail"


def test_the_stack_of_a_site_that_is_declared_lost_is_never_asked(desk: Desk, engine: Engine) -> None:
    both_applied(desk, engine)
    desk.must_declare("lost bolsward")
    assert lines(desk)["stack bolsward"]["why"] == "not asked: the site is declared lost"
    assert "bolsward.state" not in engine.asked


def test_a_peers_state_is_read_where_the_configuration_says(desk: Desk, engine: Engine, refusing: str) -> None:
    engine.configured("bolsward", refusing, peers={"leeuwarden": {"backend": "file:///elsewhere"}})
    both_applied(desk, engine)
    assert lines(desk)["stack leeuwarden"]["verdict"] == "ok"


def test_a_vcenter_that_does_not_answer_fails_without_telling_its_password(
    desk: Desk, engine: Engine, refusing: str
) -> None:
    engine.configured("bolsward", refusing)
    said = desk.uitwijk("check")
    assert said.code == 1
    assert f"{refusing} refuses connections" in " ".join(said.out.split())
    assert PASSWORD not in said.out + said.err + desk.uitwijk("check", "--json").out


def test_a_stack_without_a_password_for_its_vcenter_was_not_checked(desk: Desk, engine: Engine) -> None:
    engine.configured("bolsward", "127.0.0.1:1", vcenterPassword="")
    line = lines(desk)["vCenter bolsward"]
    assert line["verdict"] == "attention"
    assert "has no uitwijk:vcenterPassword" in line["why"]


def test_what_fails_comes_first_on_80_columns(desk: Desk, engine: Engine, refusing: str) -> None:
    engine.configured("leeuwarden", refusing)
    said = desk.uitwijk("check").out.splitlines()
    assert said[0].startswith("FAIL       vCenter leeuwarden:")
    assert said[-1].startswith("1 fail, ") or said[-2].startswith("1 fail, ")
    assert max(len(line) for line in said) <= 80


class Mirror:
    """Two vCenters that hold what the catalogue wants, until a test spoils one."""

    def __init__(self, desk: Desk, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
        self._desk = desk
        self.found: dict[str, Any] = {site: inventory(region, site) for site in region.sites}
        monkeypatch.setattr(checking, "read_vcenters", lambda _: self.found)

    def spoil(self, site: str, **parts: Any) -> dict[str, dict[str, str]]:
        """Changes one vCenter and checks."""
        self.found[site] = type(self.found[site])(**{**vars(self.found[site]), **parts})
        return lines(self._desk)


@pytest.fixture
def mirror(desk: Desk, engine: Engine, region: Region, refusing: str, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    for site in region.sites:
        engine.configured(site, refusing)
    both_applied(desk, engine)
    return Mirror(desk, region, monkeypatch)


@pytest.mark.usefixtures("mirror")
def test_two_sites_as_the_catalogue_wants_them_are_ok(desk: Desk) -> None:
    found = lines(desk)
    assert {line["verdict"] for subject, line in found.items() if subject.startswith("mirror")} == {"ok"}
    assert found["split brain"]["verdict"] == "ok"


def test_a_missing_and_a_different_template_fail(mirror: Mirror) -> None:
    found = mirror.spoil("leeuwarden", templates=(machine("debian-12", template=True, annotation="content: old"),))
    assert found["mirror: golden templates"]["verdict"] == "fail"
    assert found["mirror: golden templates"]["why"] == (
        "leeuwarden: debian-12 holds old instead of debian-12-2026.10, debian-12-desktop is missing"
    )


def test_a_missing_network_fails(mirror: Mirror) -> None:
    kept = tuple(name for name in mirror.found["bolsward"].networks if name != "harlingen-voice")
    assert mirror.spoil("bolsward", networks=kept)["mirror: networks"]["why"] == "bolsward: harlingen-voice is missing"


def test_a_missing_and_a_small_datastore_fail(mirror: Mirror) -> None:
    found = mirror.spoil("bolsward", datastores={"local": 20000, "data-bolsward": 1})
    assert found["mirror: datastores"]["why"] == (
        "bolsward: data-bolsward has 1 GiB instead of 40000, data-leeuwarden is missing"
    )


def test_hosts_that_are_missing_smaller_or_of_another_generation_fail(mirror: Mirror) -> None:
    first, second, *rest = mirror.found["leeuwarden"].hosts
    spoiled = type(first)(**{**vars(second), "memory_gib": 256, "cpu_generation": "intel-merom"})
    found = mirror.spoil("leeuwarden", hosts=(spoiled, *rest))
    why = found["mirror: hosts"]["why"]
    assert f"{first.name} is missing" in why
    assert f"{second.name} has 256 GiB instead of" in why
    assert f"{second.name} is intel-merom instead of" in why


def test_what_only_one_site_has_needs_attention(mirror: Mirror) -> None:
    extra = (*mirror.found["bolsward"].networks, "guests")
    found = mirror.spoil("bolsward", networks=extra)
    assert found["mirror: only at one site"]["verdict"] == "attention"
    assert found["mirror: only at one site"]["why"] == "bolsward: network guests"


def test_a_connection_that_only_one_site_has_asks_for_attention(region: Region) -> None:
    site = region.sites["bolsward"]
    more = site.model_copy(update={"connections": (*site.connections, "suwinet")})
    grown = dataclasses.replace(region, sites={**region.sites, "bolsward": more})
    found = {line.subject: line for line in mirror_lines(grown, {s: inventory(grown, s) for s in grown.sites})}
    assert found["mirror: only at one site"].verdict is Verdict.ATTENTION
    assert found["mirror: only at one site"].why == "bolsward: connection suwinet"


COLD, HOT = "harlingen-counter-application-1", "harlingen-telephony-call-server-1"


def test_a_cold_machine_that_runs_at_two_sites_fails(mirror: Mirror) -> None:
    mirror.spoil("bolsward", machines=(machine(COLD), machine(HOT)))
    found = mirror.spoil("leeuwarden", machines=(machine(COLD), machine(HOT)))
    assert found["split brain"]["verdict"] == "fail"
    assert found["split brain"]["why"] == f"1 cold machines run at bolsward and leeuwarden at once: {COLD}"
    assert "`pulumi up --stack leeuwarden`" in found["split brain"]["remedy"]


def test_a_copy_that_is_off_and_a_hot_machine_at_both_sites_are_no_split_brain(mirror: Mirror) -> None:
    mirror.spoil("bolsward", machines=(machine(COLD), machine(HOT)))
    found = mirror.spoil("leeuwarden", machines=(machine(COLD, powered_on=False), machine(HOT)))
    assert found["split brain"]["verdict"] == "ok"


def test_machines_that_do_not_run_and_machines_that_should_not_need_attention(mirror: Mirror) -> None:
    found = mirror.spoil("leeuwarden", machines=(machine(COLD),))
    assert found["machines leeuwarden"]["verdict"] == "attention"
    assert f"1 run that should not: {COLD}" in found["machines leeuwarden"]["why"]
    assert "84 do not run that should" in found["machines leeuwarden"]["why"]
