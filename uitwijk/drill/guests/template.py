"""The template: the Debian root on which every living guest stands, with the packages that the drill runs.

It is made once, in `guests/KEY` of the user's cache, by Debian's own mmdebstrap, from Debian's own archive.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from uitwijk.cache import cache_folder, remove_unused, used
from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import alone

RELEASE = "bookworm"
"""Of Debian: what the machines of the region run."""
PACKAGES = (
    "bind9-dnsutils",
    "kamailio",
    "kamailio-extra-modules",
    "knot",
    "netbase",
    "python3",
    "python3-reportlab",
    "sip-tester",
)
"""Those of the machines that a drill needs, netbase, which every Debian machine has, and sipp for those who call."""
_RECIPE = ("--variant=essential", "--mode=root")
_ALSO_FROM = (f"{RELEASE}-updates", f"{RELEASE}-security")
_SPACE_GIB = 2
_TRIAL = (
    "mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work /mnt/root && "
    "mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work none /mnt/root"
)
"""What the runner does for each guest; nothing of it is seen outside."""
_REMEDY = "or choose `--guests none`, for a drill with machines only"


class _CannotError(Exception):
    """Why this computer cannot have living guests, and what to do."""


@dataclass(frozen=True)
class Template:
    """A root file system that is never written to."""

    root: Path

    def program(self, name: str, *args: str | Path) -> list[str]:
        """The command line of one of its programs, for use on this computer's own file system.

        For whoever plays a person or another party in a drill: with its own libraries, but without a root of its own.

        Args:
            name: as a shell would find it, e.g. `sipp`.
            args: what the program gets.

        Raises:
            UitwijkError: the template has no such program.
        """
        for folder in ("usr/bin", "usr/sbin"):
            if (path := self.root / folder / name).exists():
                libraries = f"{self._loader.parent}:{self.root / 'usr/lib'}"
                return [str(self._loader), "--library-path", libraries, str(path), *map(str, args)]
        raise UitwijkError(f"the template of the guests has no program {name}: {self.root}")

    @cached_property
    def _loader(self) -> Path:
        """The program that starts programs; it lies beside the C library."""
        return next(self.root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"))

    @cached_property
    def packages(self) -> frozenset[str]:
        """Names of all packages that are installed."""
        status = (self.root / "var/lib/dpkg/status").read_text(encoding="utf-8")
        return frozenset(re.findall(r"^Package: (\S+)$", status, re.MULTILINE))


def find_template(wish: Literal["required", "auto", "none"], say: Callable[[str], None]) -> Template | None:
    """The template, made now if there is none; None if the drill is to have machines only.

    Args:
        wish: `required`: it must be there; `auto`: if this computer may have living guests; `none`: not wanted.
        say: told what is being done, and for `auto` also why there is none; one line each time.

    Raises:
        UitwijkError: it is required, and cannot be had; what it says names the remedy.
    """
    if wish == "none":
        return None
    try:
        _check_computer()
        return Template(used(_made(cache_folder() / "guests" / _key(), say)))
    except _CannotError as why:
        if wish == "required":
            raise UitwijkError(f"living guests: {why}, {_REMEDY}") from None
        say(f"no living guests, machines only: {why}")
        return None


def _key() -> str:
    """What the template is made of, as one word."""
    return hashlib.sha256("\0".join([RELEASE, *_RECIPE, *PACKAGES]).encode()).hexdigest()[:16]


def _check_computer() -> None:
    if not sys.platform.startswith("linux"):
        raise _CannotError("they need Linux; use a virtual machine")
    if os.geteuid():
        raise _CannotError("they need root, for file systems of their own; run the drill as root")
    if missing := [name for name in ("unshare", "chroot") if shutil.which(name) is None]:
        raise _CannotError(f"{' and '.join(missing)} not found; install util-linux and coreutils")
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", _TRIAL],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        raise _CannotError(
            f"this computer allows no file systems of their own ({_last_words(tried.stderr.splitlines())}); "
            "run the drill in a container that may mount, or in a virtual machine"
        )


def _made(folder: Path, say: Callable[[str], None]) -> Path:
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.parent, lambda: say("another drill makes the root of the guests; waiting for it …")):
        if not folder.exists():
            free = shutil.disk_usage(folder.parent).free / 1024**3
            if free < _SPACE_GIB:
                raise _CannotError(f"{folder.parent} has {free:.1f} GiB free, {_SPACE_GIB} are needed; free some space")
            draft = folder.with_name(f".{folder.name}.building")
            shutil.rmtree(draft, ignore_errors=True)
            _build(draft, say)
            draft.rename(folder)
            remove_unused(folder.parent)
    return folder


def _build(folder: Path, say: Callable[[str], None]) -> None:
    if shutil.which("mmdebstrap") is None:
        _install_mmdebstrap(say)
    say(f"making the root of the guests from Debian {RELEASE} (once, about two minutes) …")
    command = ["mmdebstrap", *_RECIPE, f"--include={','.join(PACKAGES)}", RELEASE, str(folder), *_own_sources()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as building:
        assert building.stderr is not None
        words: list[str] = []
        for line in map(str.strip, building.stderr):
            words.append(line)
            # mmdebstrap's own steps: `I: installing remaining packages inside the chroot...`
            if line.startswith("I: "):
                say(f"  {line.removeprefix('I: ').rstrip('.')} …")
    if building.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise _CannotError(f"mmdebstrap failed: {_last_words(words)}; see to it that Debian's archive can be reached")
    say("the root of the guests is ready")


def _install_mmdebstrap(say: Callable[[str], None]) -> None:
    if shutil.which("apt-get") is None:
        raise _CannotError("mmdebstrap not found, and no apt-get to install it; install mmdebstrap")
    say("installing mmdebstrap …")
    install = ("install", "--yes", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring")
    # Lists may be missing or old; bringing them up to date takes longer than most installations.
    for step in (install, ("update",), install):
        done = _apt(*step)
        if step is install and done.returncode == 0:
            return
    raise _CannotError(f"mmdebstrap cannot be installed: {_last_words(done.stderr.splitlines())}; install it")


def _apt(*args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-q", *args], env=env, capture_output=True, text=True, check=False)


def _own_sources() -> list[str]:
    """This computer's own archives of the release, if it has any; mmdebstrap's own choice otherwise."""
    if shutil.which("apt-get") is None:
        return []
    shown = "$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)"
    targets = _apt("indextargets", "--format", shown, "Created-By: Packages", "Component: main").stdout.splitlines()
    found = [target.split("|", 3) for target in targets]
    archives = {suite: uri for origin, suite, _, uri in found if origin == "Debian"}
    if RELEASE not in archives:
        return []
    return [f"deb {archives[suite]} {suite} main" for suite in (RELEASE, *_ALSO_FROM) if suite in archives]


def _last_words(words: Sequence[str]) -> str:
    """The last line that says what went wrong."""
    said = [word.strip() for word in words if word.strip()]
    errors = [word for word in said if word.startswith(("E:", "W:")) and "failed with exit code" not in word]
    return (errors or said or ["it said nothing"])[-1]
