"""The command and the mocks find the region's project from the working folder, whatever it is called."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.regions import SMALL
from uitwijk.continuity.errors import UitwijkError
from uitwijk.project import find_project, project_name
from uitwijk.resources.testing import record_site

SITE = next(iter(SMALL.region.sites))


def make_project(folder: Path, name: str) -> Path:
    """The small region as a project of its own, with the program of this repository."""
    shutil.copytree(SMALL.folder, folder)
    shutil.copytree(ROOT / "components", folder / "components", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "__main__.py", folder)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One that is called otherwise than the library."""
    return make_project(tmp_path / "elsewhere", "waterland")


def test_a_project_is_found_from_any_folder_below_it(project: Path) -> None:
    assert find_project(project / "catalogue" / "municipalities") == project


def test_a_project_is_found_from_the_working_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "components")
    assert find_project() == project


def test_a_pulumi_project_without_a_catalogue_is_no_project_of_a_region(project: Path) -> None:
    other = project / "access"
    other.mkdir()
    (other / "Pulumi.yaml").write_text("name: access\n", encoding="utf-8")
    assert find_project(other) == project


def test_where_there_is_no_project_the_error_says_what_makes_one_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UitwijkError) as refused:
        find_project(tmp_path)
    (problem,) = refused.value.problems
    assert problem.startswith(f"{tmp_path}: ")
    assert "Pulumi.yaml and catalogue/" in problem
    assert "(cd)" in problem


@pytest.mark.parametrize("text", ["", "runtime: python\n", "name: [", "- a list\n"])
def test_a_project_without_a_name_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UitwijkError, match="the project's name cannot be read"):
        project_name(tmp_path)


def test_a_recording_runs_the_program_of_the_project_that_is_named(project: Path) -> None:
    main = project / "__main__.py"
    main.write_text(main.read_text(encoding="utf-8") + '\nimport pulumi\npulumi.export("own", components.__file__)\n')
    recording = record_site(SITE, project=project)
    assert recording.outputs["own"] == str(project / "components" / "__init__.py")
    assert "components" not in sys.modules or not (sys.modules["components"].__file__ or "").startswith(str(project))


def test_what_pulumi_calls_the_project_stands_in_its_urns_and_nowhere_else(project: Path, tmp_path: Path) -> None:
    theirs, ours = (record_site(SITE, project=each) for each in (project, make_project(tmp_path / "other", "uitwijk")))
    assert {urn.split("::")[1] for urn in theirs.urns} == {"waterland"}
    assert [urn.replace("::waterland::", "::uitwijk::") for urn in theirs.urns] == list(ours.urns)
    assert {name: machine.inputs for name, machine in theirs.machines.items()} == {
        name: machine.inputs for name, machine in ours.machines.items()
    }
