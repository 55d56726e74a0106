"""Which state of the repository is exercised, so that somebody else can play the same again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from uitwijk.wording import count


def checkout(root: Path) -> list[str]:
    """The shell lines that bring a clone to the state of the repository at `root`; none where that is no clone."""
    top = _git(root, "rev-parse", "--show-toplevel")
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    if not top or not commit or Path(top).resolve() != root.resolve():
        return []
    changed = (_git(root, "status", "--porcelain") or "").splitlines()
    differs = [f"# with {count(len(changed), 'changed or new file')} in no commit"] if changed else []
    return [f"git checkout {commit}", *differs]


def _git(root: Path, *words: str) -> str | None:
    """What git says; None if there is no git, or it does not know."""
    # A hook's variables name another repository.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
