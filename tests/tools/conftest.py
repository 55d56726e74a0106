"""Sources whose Go is a script: it records what it is asked, and fails or waits where a test says so."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT
from uitwijk.tools import build
from uitwijk.tools.binaries import BINARIES

# Answers as the real command does. Folder $FAKE holds its behaviour: version, list.fails, build.fails (what to print
# before failing), build.waits (a build goes on when that file is gone); and its record: builds, pid.
FAKE_GO = """\
#!/bin/bash
case "$1 $2" in
  "env GOVERSION") cat "$FAKE/version" ;;
  "env GOCACHE") printf '%s\\n%s\\n' "$FAKE/cache" "$FAKE/modules" ;;
  "list -m") echo "$FAKE/module" ;;
  "list -deps")
    if [ -e "$FAKE/list.fails" ]; then cat "$FAKE/list.fails" >&2; exit 1; fi
    echo "go: downloading example.org/one v1.0.0" >&2
    printf '%s\\n' example.org/one example.org/two ;;
  build*)
    while [ "$1" != -o ]; do shift; done
    if [ -e "$FAKE/build.fails" ]; then cat "$FAKE/build.fails" >&2; exit 1; fi
    echo $$ > "$FAKE/pid.new"; mv "$FAKE/pid.new" "$FAKE/pid"
    while [ -e "$FAKE/build.waits" ]; do read -rt 0.02 <> <(:) || :; done
    echo "built from $3" > "$2"
    basename "$2" >> "$FAKE/builds" ;;
esac
"""


@dataclass
class Checkout:
    """The tool chain's modules, the cache of whoever builds them, and what the fake Go in front of both did."""

    root: Path
    fake: Path
    cache: Path
    stream: io.StringIO = field(default_factory=io.StringIO)

    def make(self, *names: str) -> int:
        """Run the builder in this process; its output is in `said`."""
        self.stream = io.StringIO()
        return build.main(list(names), build.Workshop(self.stream, self.root, self.cache))

    def start(self, *names: str) -> subprocess.Popen[str]:
        """Run the builder as a process of its own."""
        program = "import sys; from pathlib import Path; from uitwijk.tools import build; "
        program += "sources, cache, *names = sys.argv[1:]; "
        program += "sys.exit(build.main(names, build.Workshop(sys.stderr, Path(sources), Path(cache))))"
        return subprocess.Popen(
            [sys.executable, "-c", program, str(self.root), str(self.cache), *names],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def said(self) -> str:
        return self.stream.getvalue()

    @property
    def builds(self) -> list[str]:
        """Names of the binaries that were linked, in order."""
        record = self.fake / "builds"
        return record.read_text().split() if record.exists() else []

    def binaries(self) -> list[str]:
        """Names of the files that lie in the cache ready to be used."""
        return sorted(path.name for path in self.cache.glob("binaries/*/*/*"))

    def folders(self, binary: str) -> list[Path]:
        """The versions of a binary that the cache holds."""
        return sorted(self.cache.glob(f"binaries/{binary}/*"))

    def go_says(self, version: str) -> None:
        (self.fake / "version").write_text(version + "\n")

    def change(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """All five modules with a file or two, a fake Go 1.26.8 alone on PATH, and no UITWIJK_TOOLCHAIN."""
    made = Checkout(tmp_path / "checkout", tmp_path / "fake", tmp_path / "cache")
    for binary in BINARIES:
        made.change(f"{binary.folder}/go.mod", f"module {binary.folder}\n\ngo 1.26\n")
        made.change(f"{binary.folder}/go.sum", "example.org/one v1.0.0 h1:one=\n")
        if binary.package.startswith("."):
            made.change(f"{binary.folder}/{binary.package}/main.go", f"package main // {binary.name}\n")
    script = made.fake / "module" / "python" / "cmd" / "pulumi-language-python-exec"
    script.parent.mkdir(parents=True)
    script.write_text("#!/usr/bin/env python3\n")
    path = made.fake / "path"
    path.mkdir()
    (path / "go").write_text(FAKE_GO)
    (path / "go").chmod(0o755)
    for tool in ("cat", "mv", "basename"):
        (path / tool).symlink_to(shutil.which(tool) or tool)
    made.go_says("go1.26.8")
    monkeypatch.setenv("FAKE", str(made.fake))
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.delenv("UITWIJK_TOOLCHAIN", raising=False)
    assert os.environ["PATH"] == str(path)
    return made
