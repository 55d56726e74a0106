"""The library as others install it: one package, with all that it needs at run time, and with its types."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from uitwijk.tools.binaries import BINARIES
from uitwijk.tools.build import Workshop

STRANGER = """\
import uitwijk.resources
from uitwijk.continuity import load_region, load_situation, place
from uitwijk.resources.testing import record_site

region = load_region("catalogue")
seats: str = region.buildings["hall"].seats
placement: str = place(region, load_situation("situation.yaml", region))
recording: str = record_site("a-site")
settings: str = uitwijk.resources.read_settings()
"""
"""Each annotation is wrong, which only someone who sees the types can tell."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, made from a copy of what it is made of."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "uitwijk", source / "uitwijk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "components", source / "components", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", "made", "."], cwd=source, check=True)
    (made,) = (source / "made").iterdir()
    return zipfile.ZipFile(made)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and with the packages of this one beside it."""
    folder = tmp_path_factory.mktemp("stranger") / "venv"
    venv.create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    wheel.extractall(packages)
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def test_there_is_one_package_and_nothing_of_a_region(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"uitwijk"}


def test_all_that_is_needed_at_run_time_is_in_it(wheel: zipfile.ZipFile) -> None:
    files = {path for path in (ROOT / "uitwijk").rglob("*") if path.is_file() and path.parent.name != "__pycache__"}
    only_here = {path for path in files if path.name.endswith(("_test.go", ".md", ".in"))}
    assert {path.relative_to(ROOT).as_posix() for path in files - only_here} == {
        name for name in wheel.namelist() if name.startswith("uitwijk/")
    }


def test_an_installed_library_needs_the_same_binaries_as_its_checkout(installed: Path) -> None:
    (sources,) = installed.glob("lib/python*/site-packages/uitwijk")
    there, here = Workshop(io.StringIO(), sources), Workshop(io.StringIO())
    assert [there.key(binary) for binary in BINARIES] == [here.key(binary) for binary in BINARIES]


def test_a_stranger_sees_types(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(STRANGER, encoding="utf-8")
    asked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", installed / "bin" / "python", "program.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "MYPYPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in asked.stdout.splitlines() if "error:" in line]
    assert [line.split(":")[1] for line in errors] == ["6", "7", "8", "9"], asked.stdout
    assert [line.rpartition("(expression has type ")[2].split(",")[0] for line in errors] == [
        '"int"',
        '"Placement"',
        '"Recording"',
        '"StackSettings"',
    ]
