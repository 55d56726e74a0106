"""What puts a database on its disks, run by a shell with stand-ins for what it starts and stops."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.regions import SMALL
from uitwijk.continuity import Standing
from uitwijk.machines.recipes.postgresql import job

NAME = "kolkwijde-civil-affairs-database-1"


class Machine:
    """A machine whose root is a folder: Debian's PostgreSQL 15 is installed, and its disks may be mounted."""

    def __init__(self, root: Path, *disks: str) -> None:
        self.root = root
        machine = SMALL.region.machines[NAME]
        here = Standing(SMALL.region, "zandermeer", replace(machine, disks=dict.fromkeys(disks, 10)))
        (script,) = [each.content for each in job(here, {}).files if each.path.endswith("move-database")]
        for part in ("/srv/", "/etc/postgresql", "/var/lib/postgresql"):
            script = script.replace(part, f"{root}{part}")
        self.script = root / "move-database"
        self.script.write_text(script, encoding="utf-8")
        for folder in ("etc/postgresql/15/main/conf.d", "var/lib/postgresql/15/main", "bin"):
            (root / folder).mkdir(parents=True)
        (root / "etc/postgresql/uitwijk.conf").write_text("", encoding="utf-8")
        (root / "var/lib/postgresql/15/main/PG_VERSION").write_text("15\n", encoding="utf-8")
        for name in ("systemctl", "chown", "runuser"):
            self.stand_in(name, f'echo "{name} $*" >>{root}/said')
        self.stand_in(
            "install", f'case "$1" in -d) mkdir -p "${{@: -1}}" ;; *) echo "install $*" >>{root}/said ;; esac'
        )
        self.stand_in("mountpoint", f'test -e "$2/mounted" || {{ echo no >>{root}/said; exit 1; }}')
        for disk in disks:
            self.mount(disk)

    def stand_in(self, name: str, does: str) -> None:
        file = self.root / "bin" / name
        file.write_text(f"#!/bin/bash\n{does}\n", encoding="utf-8")
        file.chmod(0o755)

    def mount(self, disk: str) -> Path:
        folder = self.root / "srv" / disk
        folder.mkdir(parents=True)
        (folder / "mounted").touch()
        return folder

    def run(self) -> subprocess.CompletedProcess[str]:
        path = f"{self.root / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"
        return subprocess.run(["sh", self.script], env={"PATH": path}, capture_output=True, text=True, check=False)

    @property
    def said(self) -> list[str]:
        return (self.root / "said").read_text(encoding="utf-8").splitlines()


def test_a_new_database_moves_to_its_disk_and_starts(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "data")
    assert machine.run().returncode == 0
    assert (tmp_path / "srv/data/postgresql/PG_VERSION").read_text(encoding="utf-8") == "15\n"
    assert machine.said[-1] == "systemctl enable --now postgresql"


@pytest.mark.parametrize(("version", "starts"), [("15", True), ("14", False), ("16", False)])
def test_data_of_another_version_is_not_started_and_not_touched(tmp_path: Path, version: str, starts: bool) -> None:
    machine = Machine(tmp_path, "data")
    data = tmp_path / "srv/data/postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text(f"{version}\n", encoding="utf-8")
    done = machine.run()
    assert (done.returncode == 0) is starts
    assert ("systemctl enable --now postgresql" in machine.said) is starts
    if not starts:
        assert f"the data is of PostgreSQL {version}, and 15 is installed" in done.stderr
        assert machine.said == ["systemctl disable --now postgresql"]
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_without_its_disk_nothing_is_made_and_nothing_starts(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "data", "more")
    (tmp_path / "srv/more/mounted").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "/srv/more is not mounted: attach its disk: the database is not started" in done.stderr
    assert not (tmp_path / "srv/data/postgresql").exists()
    assert machine.said[-1] == "systemctl disable --now postgresql"


def test_each_further_disk_becomes_a_tablespace(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "data", "more")
    assert machine.run().returncode == 0
    assert (tmp_path / "srv/more/tablespace").is_dir()
    assert any("CREATE TABLESPACE" in line and "/srv/more/tablespace" in line for line in machine.said)
