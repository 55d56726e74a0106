"""`uitwijk env`: lines that a shell understands, and only what is needed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Desk
from uitwijk.tools.binaries import BINARIES
from uitwijk.tools.build import Workshop


def in_a_shell(lines: str, environment: dict[str, str]) -> dict[str, str]:
    """The environment after a POSIX shell evaluated `lines`."""
    show = 'eval "$1"; exec "$2" -c "import json, os; print(json.dumps(dict(os.environ)))"'
    done = subprocess.run(
        ["/bin/sh", "-c", show, "sh", lines, sys.executable],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture
def running() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives as long as the test."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def note(desk: Desk, process: int, **variables: str) -> None:
    folder = desk.folder / ".sites"
    folder.mkdir()
    content = {"pid": process, "path": [str(folder / "bin")], "env": variables, "sites": {}}
    (folder / "sites.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def built(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache, with a tool chain that was built by a Go that has gone since."""
    assert desk
    monkeypatch.setenv("PATH", str(tmp_path / "no-go"))
    workshop = Workshop(io.StringIO())
    for binary in BINARIES:
        folder = workshop.cache / "binaries" / binary.name / f"{workshop.key(binary)}-go1.26.0"
        folder.mkdir(parents=True)
        for name in binary.outputs:
            (folder / name).touch()
    return workshop.cache


@pytest.mark.usefixtures("built")
def test_the_tool_chain_comes_first_on_path_and_nothing_is_fetched(desk: Desk) -> None:
    facts = json.loads(desk.uitwijk("env", "--json").out)
    first, second, *_ = facts.pop("PATH").split(os.pathsep)
    assert "pulumi" in os.listdir(first)
    assert second == f"{sys.prefix}/bin"
    assert facts == {
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_ENABLE_LEGACY_DIFF": "true",
        "GOGC": "500",
    }


def test_the_ambient_tool_chain_is_not_shadowed(desk: Desk, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UITWIJK_TOOLCHAIN", "ambient")
    path = json.loads(desk.uitwijk("env", "--json").out)["PATH"].split(os.pathsep)
    assert not [folder for folder in path if Path(folder).is_relative_to(built)]
    assert path[0] == f"{sys.prefix}/bin"


def test_evaluated_twice_the_path_does_not_grow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    once = json.loads(desk.uitwijk("env", "--json").out)["PATH"]
    monkeypatch.setenv("PATH", once)
    assert json.loads(desk.uitwijk("env", "--json").out)["PATH"] == once


def test_a_shell_gets_every_value_as_it_is(desk: Desk, running: subprocess.Popen[bytes]) -> None:
    odd = """a b'c"d$HOME`id`;\\ é"""
    note(desk, running.pid, SSL_CERT_FILE=odd)
    after = in_a_shell(desk.uitwijk("env").out, {"PATH": os.defpath})
    assert after["SSL_CERT_FILE"] == odd
    assert after["GOGC"] == "500"


def test_every_line_is_an_export_in_single_quotes(desk: Desk) -> None:
    for line in desk.uitwijk("env").out.splitlines():
        assert line.startswith("export ")
        assert line.partition("=")[2].startswith("'")


def test_while_simulated_sites_run_it_points_to_them(desk: Desk, running: subprocess.Popen[bytes]) -> None:
    note(desk, running.pid, PULUMI_BACKEND_URL="file:///somewhere")
    facts = json.loads(desk.uitwijk("env", "--json").out)
    assert facts["PULUMI_BACKEND_URL"] == "file:///somewhere"
    assert facts["PATH"].split(os.pathsep)[0] == str(desk.folder / ".sites" / "bin")


def test_settings_that_would_point_elsewhere_are_unset(
    desk: Desk, running: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    note(desk, running.pid, PULUMI_BACKEND_URL="file:///somewhere")
    elsewhere = {"PULUMI_BACKEND_URL": "s3://real", "PULUMI_CONFIG_PASSPHRASE": "real", "VSPHERE_SERVER": "real"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    after = in_a_shell(desk.uitwijk("env").out, {"PATH": os.defpath, **elsewhere})
    assert after["PULUMI_BACKEND_URL"] == "file:///somewhere"
    assert not {"PULUMI_CONFIG_PASSPHRASE", "VSPHERE_SERVER"} & set(after)


def test_the_users_own_settings_stay_when_no_sites_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://real")
    assert "PULUMI_BACKEND_URL" not in desk.uitwijk("env").out


def test_the_note_of_sites_that_have_ended_is_ignored(desk: Desk) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    note(desk, ended.pid, PULUMI_BACKEND_URL="file:///somewhere")
    assert "PULUMI_BACKEND_URL" not in desk.uitwijk("env").out


def test_a_note_that_cannot_be_read_is_one_clear_error(desk: Desk) -> None:
    (desk.folder / ".sites").mkdir()
    (desk.folder / ".sites" / "sites.json").write_text("{", encoding="utf-8")
    said = desk.uitwijk("env")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: ")
    assert "start the simulated sites again" in said.err
