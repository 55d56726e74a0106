"""The living guests of a drill, as whoever plays it sees them.

    template = find_template("required", print)
    with Loopback.reserve(region) as loopback, Guests(folder, template, loopback, region) as guests:
        guests.follow("north", Watched(server, user, password, ca, site_folder))
        guests.await_living("north", ["elmford-telephony-call-server-1"], 60)

A test needs neither vCenter nor region to have a guest: it boots one itself, from user data as `components` renders it
(the fixture `recorded` of the tests has that of every machine), and reaches it at the mapped addresses:

    with Guests(tmp_path, template, loopback) as guests:
        guests.boot("north", "call-server", user_data, meta_data, disks=[tmp_path / "disk"])
        guests.await_living("north", ["call-server"], 30)
        ... loopback.address("10.11.26.20"), port 5060 ...
        guests.halt("north", "call-server")

What its programs say is in `folder / "logs" / site / name`: `UNIT.log` what they print, `syslog.log` what they tell
syslog. Both need root; `tests/drill/guests/conftest.py` has fixtures that skip a test where there is none.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import uitwijk
from uitwijk import utc
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.journal import last_words
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.taking_part import idle_kinds, machines_taking_part
from uitwijk.drill.guests.template import Template
from uitwijk.drill.guests.watched import Watched
from uitwijk.evidence.work_report import Trouble
from uitwijk.running import children

__all__ = ["Guests", "Trouble", "Watched"]

_ANSWER_SECONDS = 120.0
_LIVING = "lives"


class Guests:
    """All living guests; they run in a process of their own, and end when the context does, or this process.

    Args:
        folder: a new folder for what guests say.
        template: what they stand on.
        loopback: where they are.
        region: which machines take part; left out: any that is booted, and none of a vCenter.
    """

    def __init__(self, folder: Path, template: Template, loopback: Loopback, region: Region | None = None) -> None:
        self.taking_part: frozenset[str] = frozenset()
        """Names of the machines that come alive."""
        self.idle: Mapping[str, str] = {}
        """Why others do not, by kind: `service/role`."""
        self.skipped: dict[str, str] = {}
        """What of the machines' instructions is not carried out, and why."""
        self.on_trouble: Callable[[Trouble], None] = lambda _: None
        """Told at once, in a thread of its own, what goes wrong."""
        self._order: tuple[str, ...] = ()
        if region is not None:
            self._order = machines_taking_part(region)
            self.taking_part, self.idle = frozenset(self._order), idle_kinds(region)
        self._folder = folder
        self._template = template
        self._loopback = loopback
        self._states: dict[tuple[str, str], str] = {}
        self._machines: dict[tuple[str, str], int] = {}
        self._failures: dict[tuple[str, str], list[Trouble]] = {}
        self._troubles: list[Trouble] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ended: str | None = None
        self._leaving = False

    def __enter__(self) -> Guests:
        self._folder.mkdir(parents=True, exist_ok=True)
        # What lies in memory during the drill is mounted here, seen by the runner alone.
        with (self._folder / "runner.log").open("w", encoding="utf-8") as log:
            self._process = children.start(
                [
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                    *(sys.executable, "-m", "uitwijk.drill.guests.runner"),
                ],
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                # Where this library is, for it need not be installed.
                cwd=Path(uitwijk.__file__).resolve().parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        threading.Thread(target=self._listen, name="guests", daemon=True).start()
        begin = {
            "template": str(self._template.root),
            "folder": str(self._folder),
            "blocks": [str(block) for block in self._loopback.blocks],
            "shift": self._loopback.shift,
            "order": self._order,
        }
        try:
            self._ask("begin", begin)
        except UitwijkError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving = True
        assert self._process.stdin is not None, "a pipe"
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            children.stop(self._process, patience_seconds=0.1)

    def follow(self, site: str, vcenter: Watched) -> None:
        """Begins to watch the site's vCenter, or begins anew: its machines come alive, and end, as it says."""
        self._ask(
            "follow",
            {
                "site": site,
                "server": vcenter.server,
                "user": vcenter.user,
                "password": vcenter.password,
                "ca": str(vcenter.ca),
                "folder": str(vcenter.folder),
            },
        )

    def cut(self, site: str) -> None:
        """The site is lost: its guests are down when this returns, and it is watched no more until `follow`."""
        self._ask("cut", {"site": site})

    def boot(
        self, site: str, name: str, user_data: str, meta_data: str, disks: Sequence[Path] = (), *, fresh: bool = False
    ) -> None:
        """Powers on a machine that is in no vCenter. Booted again under its name, it has its disk still.

        Args:
            site: any word.
            name: of the machine.
            user_data: cloud-init's.
            meta_data: cloud-init's instance data.
            disks: folders that are its data disks; they are made if they are not there.
            fresh: another machine of that name, which begins with an empty disk.
        """
        told = {"site": site, "name": name, "user_data": user_data, "meta_data": meta_data, "fresh": fresh}
        self._ask("boot", {**told, "disks": [str(disk) for disk in disks]})

    def halt(self, site: str, name: str) -> None:
        """Powers off a machine that `boot` started, as if power failed; it is down when this returns."""
        self._ask("halt", {"site": site, "name": name})

    def living(self, site: str) -> frozenset[str]:
        """Names of the site's guests that live: powered on, network up, and all that they are told to start runs."""
        with self._changed:
            return frozenset(
                name for (where, name), state in self._states.items() if where == site and state == _LIVING
            )

    def await_living(self, site: str, names: Iterable[str], seconds: float) -> None:
        """Waits until all of the named guests live.

        Raises:
            UitwijkError: one failed, which is noticed at once, or they do not live within that time; each that does not
                is named, with its own words.
        """
        wanted, deadline = sorted(set(names)), time.monotonic() + seconds
        with self._changed:
            while True:
                missing = [name for name in wanted if self._states.get((site, name)) != _LIVING]
                failed = [trouble for name in missing for trouble in self._failures.get((site, name), ())]
                if failed or self._ended:
                    raise UitwijkError([*([self._ended] if self._ended else ()), *map(str, failed)])
                if not missing:
                    return
                if (left := deadline - time.monotonic()) <= 0:
                    late = f"does not live after {seconds:g} s: it"
                    raise UitwijkError([f"{site}: {name} {late} {self._state(site, name)}" for name in missing])
                self._changed.wait(left)

    def _state(self, site: str, name: str) -> str:
        """What a guest does that is not known to live, to be read after its name."""
        if self.taking_part and name not in self.taking_part:
            return "takes no part"
        return self._states.get((site, name), "is not on, or not on the network")

    def troubles(self) -> tuple[Trouble, ...]:
        """All that went wrong until now."""
        with self._changed:
            return tuple(self._troubles)

    def memory_mib(self) -> float:
        """Memory of all guests: of their processes, shared parts counted once (PSS), and of what is on their disks."""
        return float(self._ask("memory", {})["mib"])

    def _ask(self, what: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
        """Has the runner do something, and returns what it answers when it is done."""
        with self._changed:
            number = next(self._numbers)
            assert self._process.stdin is not None, "a pipe"
            # If it has ended, `_listen` knows why.
            with contextlib.suppress(OSError):
                self._process.stdin.write(f"{json.dumps({'do': what, 'id': number, **more})}\n")
                self._process.stdin.flush()
            self._changed.wait_for(lambda: number in self._answers or self._ended, _ANSWER_SECONDS)
            if number in self._answers:
                return self._answers.pop(number)
            raise UitwijkError(self._ended or f"the runner of the guests does not answer: {what} (log: {self._log})")

    @property
    def _log(self) -> Path:
        return self._folder / "runner.log"

    def _listen(self) -> None:
        assert self._process.stdout is not None, "a pipe"
        for line in self._process.stdout:
            trouble = self._hear(json.loads(line))
            if trouble is not None:
                self.on_trouble(trouble)
        with self._changed:
            words = last_words(self._log.read_text(encoding="utf-8").splitlines()) or "it said nothing"
            self._ended = f"the runner of the guests ended, and all guests with it: {words} (log: {self._log})"
            self._states.clear()
            self._changed.notify_all()
        if not self._leaving:
            self.on_trouble(self._note("", "", "runner", "ended", words))

    def _hear(self, event: Mapping[str, Any]) -> Trouble | None:
        kind = event["event"]
        with self._changed:
            self._changed.notify_all()
            if kind == "done":
                self._answers[event["id"]] = dict(event)
                return None
            if kind == "skipped":
                self.skipped[event["what"]] = event["why"]
                return None
            if kind == "silent":
                return self._note(event["site"], "", "vCenter", "is not watched", event["words"])
            key = event["site"], event["guest"]
            # Of two machines with one name, the first may end after the second begins.
            if event["machine"] < self._machines.get(key, 0):
                return None
            self._machines[key] = event["machine"]
            if kind == "trouble":
                self._states[key] = "failed"
                trouble = self._note(*key, event["unit"], event["what"], event["words"])
                self._failures.setdefault(key, []).append(trouble)
                return trouble
            self._failures.pop(key, None)
            if kind == "gone":
                self._states.pop(key, None)
            else:
                self._states[key] = _LIVING if kind == "living" else "starts still"
            return None

    def _note(self, site: str, guest: str, unit: str, what: str, words: str) -> Trouble:
        trouble = Trouble(site=site, guest=guest, unit=unit, what=what, words=words, at=utc.now())
        self._troubles.append(trouble)
        return trouble
