"""Evidence names the state of the repository that was exercised."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from uitwijk.drill.revision import checkout

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "clone"
    folder.mkdir()
    (folder / "situation.yaml").write_text("epoch: 1\n")
    for words in ("init -q", "add .", "-c user.name=a -c user.email=a@example.org commit -qm first"):
        subprocess.run(["git", *words.split()], cwd=folder, check=True)
    return folder


def test_a_clean_clone_is_its_commit(clone: Path) -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, check=True, capture_output=True, text=True).stdout
    assert checkout(clone) == [f"git checkout {head.strip()}"]


def test_what_is_in_no_commit_is_said(clone: Path) -> None:
    (clone / "situation.yaml").write_text("epoch: 2\n")
    (clone / "new").touch()
    assert checkout(clone)[1:] == ["# with 2 changed or new files in no commit"]


def test_a_folder_that_is_no_clone_has_no_commit(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = clone / "unpacked"
    inside.mkdir()
    assert checkout(inside) == []
    assert checkout(tmp_path) == []
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checkout(clone) == []


def test_a_hook_s_variables_do_not_lead_elsewhere(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = checkout(clone)
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert checkout(clone) == before != []
