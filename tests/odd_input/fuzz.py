"""Tries odd inputs on the real commands, each in a process of its own with limits. On demand: `make fuzz`.

python -m tests.odd_input.fuzz [--count N] [--first SEED] [--one SEED]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import shutil
import signal
import stat
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.odd_input.project import make, odd_input

MOST_SECONDS = 10
MOST_MEMORY = 1024**3
"""Bytes, of addresses: more than it can have resident."""
_LONGEST_LINE = 4500
_TRACEBACK = 70
"""Exit code by which a child tells of an error that no user may see."""


@dataclass(frozen=True)
class Outcome:
    """What became of one input."""

    seed: int
    what: str
    code: int
    seconds: float
    mebibytes: float
    finding: str | None
    """Why it is wrong; None: it is not."""
    said: str


def try_inputs(seeds: range, folder: Path) -> Iterator[Outcome]:
    """The outcome of each input; `folder` is worked in."""
    make(folder / "good")
    for seed in seeds:
        yield _try(seed, folder)


def _try(seed: int, folder: Path) -> Outcome:
    project, note = folder / "project", folder / "note"
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(project)
    shutil.copytree(folder / "good", project, symlinks=True)
    note.write_text("{}", encoding="utf-8")
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _act(seed, project, folder, note)
    # Of processor time it may have ten seconds; of the clock more, for the computer may be busy with other things.
    ended, status, used = _wait(child, began + 12 * MOST_SECONDS)
    told = json.loads(note.read_text(encoding="utf-8"))
    said = (folder / "said").read_text(encoding="utf-8", errors="replace")
    code = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime if ended else time.monotonic() - began
    after = _digests(project)
    finding = _finding(told, code, said, after) if ended else "hangs"
    return Outcome(seed, told.get("what", "?"), code, seconds, used.ru_maxrss / 1024, finding, said)


def _act(seed: int, project: Path, folder: Path, note: Path) -> None:
    """In the child: makes the input odd, and does with it what people do."""
    code = _TRACEBACK
    try:
        said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(said, stream)
        sys.stdout, sys.stderr = (open(stream, "w", encoding="utf-8", closefd=False) for stream in (1, 2))  # noqa: SIM115
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(project)
        for name in [name for name in os.environ if name.startswith(("PULUMI_", "UITWIJK_", "VSPHERE_"))]:
            del os.environ[name]
        # Whatever would start an engine or a simulator ends there, for no tool is found.
        os.environ |= {"PATH": "/nowhere", "UITWIJK_TOOLCHAIN": "ambient", "COLUMNS": "80"}
        made = odd_input(seed)
        told = {"what": made.what, "writes": made.writes, "before": _digests(project)}
        note.write_text(json.dumps(told), encoding="utf-8")
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        code = made.act()
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _wait(child: int, until: float) -> tuple[bool, int, resource.struct_rusage]:
    while True:
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            return True, status, used
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
            return False, status, used
        time.sleep(0.005)


def _finding(told: dict[str, object], code: int, said: str, after: dict[str, str]) -> str | None:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return "hangs"
    if code == _TRACEBACK or "Traceback (most recent call last)" in said:
        return "traceback"
    if code not in (0, 1, 2, 130):
        return f"exit code {code}"
    may_write = set(told["writes"]) if code == 0 else set()  # type: ignore[call-overload]
    before: dict[str, str] = told["before"]  # type: ignore[assignment]
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name) and name not in may_write:
            return f"{name} was changed"
    if code == 2 and not said.strip():
        return "says nothing"
    if code == 2 and any(len(line) > _LONGEST_LINE for line in said.splitlines()):
        return "says too much in one line"
    return None


def _digests(project: Path) -> dict[str, str]:
    """What stands in the project: a digest of each small file, the kind of everything else."""
    found = {}
    for path in sorted(project.rglob("*")):
        about = path.lstat()
        small = stat.S_ISREG(about.st_mode) and about.st_size < 16 * 1024**2
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if small else f"{about.st_mode} {about.st_size}"
        found[path.relative_to(project).as_posix()] = digest
    return {name: digest for name, digest in found.items() if "__pycache__" not in name}


def main(arguments: list[str]) -> int:
    """Prints every finding, and the counts."""
    parser = argparse.ArgumentParser(prog="tests.odd_input.fuzz")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--one", type=int, default=None, help="show what this seed does")
    chosen = parser.parse_args(arguments)
    seeds = (
        range(chosen.first, chosen.first + chosen.count) if chosen.one is None else range(chosen.one, chosen.one + 1)
    )
    codes: Counter[int] = Counter()
    findings: Counter[str] = Counter()
    seconds = mebibytes = 0.0
    with tempfile.TemporaryDirectory(prefix="uitwijk-odd-") as folder:
        for outcome in try_inputs(seeds, Path(folder)):
            codes[outcome.code] += 1
            seconds, mebibytes = max(seconds, outcome.seconds), max(mebibytes, outcome.mebibytes)
            if outcome.finding:
                findings[outcome.finding] += 1
                last = [line for line in outcome.said.strip().splitlines() if line][-1:]
                print(f"{outcome.seed}: {outcome.finding}: {outcome.what!r}: {last}"[:400], flush=True)
            if chosen.one is not None:
                print(outcome.what, outcome.code, outcome.said[-3000:], sep="\n")
    accepted = codes[0] + codes[1]
    print(
        f"{len(seeds)} inputs: {codes[2]} refused, {accepted} accepted; {findings.total()} findings {dict(findings)}; "
        f"the longest took {seconds:.1f} s of processor, the largest {mebibytes:.0f} MiB"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
