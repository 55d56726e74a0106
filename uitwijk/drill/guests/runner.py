"""Runs the guests of all sites, in a process of its own: `python -m uitwijk.drill.guests.runner`.

It is the first process of its PID namespace, so that nothing of any guest outlives it; it ends when its standard input
does. There it reads what to do, and on standard output it tells what happens, one JSON object a line. Its only user is
`uitwijk.drill.guests.guests`.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uitwijk.drill.guests import mounts
from uitwijk.drill.guests.guest import Ground, Guest, GuestInputs, Telling
from uitwijk.drill.guests.journal import Journal
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.processes import Processes, kill_below, memory_mib
from uitwijk.drill.guests.slots import Slot
from uitwijk.drill.guests.template import Template
from uitwijk.drill.guests.timers import Timers
from uitwijk.drill.guests.watched import Watched

if TYPE_CHECKING:
    from uitwijk.drill.guests.watch import Watch

_STARTING = 8
"""Guests that start at the same time; most of that is waiting."""
_DISKS_MIB = 2048
"""Room in memory for what all guests write on their own disks; data disks are folders of this computer."""


class Runner:
    """All guests.

    Args:
        folder: its own; logs stay there.
        ground: what all guests stand on.
        order: names of the machines that take part, those that others need first.
        tell: told what happens, as a JSON object.
    """

    def __init__(
        self, folder: Path, ground: Ground, order: Sequence[str], tell: Callable[[Mapping[str, Any]], None]
    ) -> None:
        self._disks = folder / "disks"
        self._disks.mkdir()
        mounts.memory(self._disks, _DISKS_MIB)
        self._logs = folder / "logs"
        self._ground = ground
        self._rank = {name: number for number, name in enumerate(order)}
        self._tell = tell
        self._lock = threading.RLock()
        self._watches: dict[str, Watch] = {}
        self._slots: dict[str, dict[str, Slot]] = {}
        self._made = 0
        self._starts = ThreadPoolExecutor(_STARTING, thread_name_prefix="start")
        self._stops = ThreadPoolExecutor(_STARTING, thread_name_prefix="stop")

    def do(self, order: Mapping[str, Any]) -> None:
        """Carries out what the client asks, and says when it is done."""
        what, answer = order["do"], {}
        if what == "follow":
            self._follow(order["site"], order)
        elif what == "cut":
            self._cut(order["site"])
        elif what == "boot":
            disks = tuple(Path(disk) for disk in order["disks"])
            machine = GuestInputs(order["name"], order["user_data"], order["meta_data"], disks)
            if order["fresh"]:
                self._stand(order["site"], frozenset(self._slots.get(order["site"], {})) - {machine.name})
            self._up(order["site"], {machine.name: machine})
        elif what == "halt":
            if (ending := self._down(order["site"], order["name"])) is not None:
                ending.result()
        elif what == "memory":
            used = os.statvfs(self._disks)
            answer = {"mib": memory_mib(self._disks) + (used.f_blocks - used.f_bfree) * used.f_frsize / 1024**2}
        self._tell({"event": "done", "id": order["id"], **answer})

    def _follow(self, site: str, order: Mapping[str, Any]) -> None:
        # VMware's library takes a second to load, which who boots guests without a vCenter need not wait for.
        from uitwijk.drill.guests.watch import Hearer, Watch

        vcenter = Watched(order["server"], order["user"], order["password"], Path(order["ca"]), Path(order["folder"]))
        with self._lock:
            self._stop_watching(site)
            hearer = Hearer(
                stand=lambda identities: self._stand(site, identities),
                up=lambda machines: self._up(site, machines),
                down=lambda identity: self._down(site, identity),
                silent=lambda why: self._tell({"event": "silent", "site": site, "words": why}),
            )
            self._watches[site] = Watch(vcenter, hearer, self._rank.__contains__)

    def _cut(self, site: str) -> None:
        with self._lock:
            self._stop_watching(site)
            slots = list(self._slots.get(site, {}).values())
        for slot in slots:
            slot.want(False)
        kill_below(self._disks / site)
        for future in [self._stops.submit(_loudly, slot.settle) for slot in slots]:
            future.result()

    def _stop_watching(self, site: str) -> None:
        if (watch := self._watches.pop(site, None)) is not None:
            watch.stop()

    def _stand(self, site: str, identities: frozenset[str]) -> None:
        """The machines that exist; disks of others are thrown away."""
        with self._lock:
            slots = self._slots.setdefault(site, {})
            gone = [slots.pop(identity) for identity in slots.keys() - identities]
        for slot in gone:
            slot.end()
            self._stops.submit(_loudly, slot.forget)

    def _up(self, site: str, machines: Mapping[str, GuestInputs]) -> None:
        last = len(self._rank)
        for identity, machine in sorted(machines.items(), key=lambda item: self._rank.get(item[1].name, last)):
            with self._lock:
                slots = self._slots.setdefault(site, {})
                slot = slots.get(identity) or slots.setdefault(identity, self._slot(site, machine))
            slot.guest.machine = machine
            slot.want(True)
            self._starts.submit(_loudly, slot.settle)

    def _down(self, site: str, identity: str) -> Future[None] | None:
        """Begins to end a guest; None: there is none, for its machine is gone, too."""
        with self._lock:
            slot = self._slots.get(site, {}).get(identity)
        if slot is None:
            return None
        slot.end()
        return self._stops.submit(_loudly, slot.settle)

    def _slot(self, site: str, machine: GuestInputs) -> Slot:
        self._made += 1
        name, number = machine.name, self._made

        def tell(event: str, **more: str) -> None:
            self._tell({"event": event, "site": site, "guest": name, "machine": number, **more})

        telling = Telling(
            living=lambda: tell("living"),
            trouble=lambda unit, what, words: tell("trouble", unit=unit, what=what, words=words),
            skipped=lambda what, why: tell("skipped", what=what, why=why),
        )
        # Two machines may have one name, one after the other.
        folder = self._disks / site / f"{name}.{number}"
        guest = Guest(machine, self._ground, folder, self._logs / site / name, telling)
        return Slot(guest, lambda: tell("starting"), lambda: tell("gone"))


def _loudly(what: Callable[..., object], *args: object) -> None:
    """What a worker does; a mistake of ours ends the whole runner, and is not lost in a thread."""
    try:
        what(*args)
    except BaseException:
        traceback.print_exc()
        os._exit(70)


def _fail(args: threading.ExceptHookArgs) -> None:
    traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)
    os._exit(70)


def main() -> None:
    """Until the standard input ends; then everything ends at once."""
    threading.excepthook = _fail
    os.umask(0o022)
    writing = threading.Lock()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(event: Mapping[str, Any]) -> None:
        with writing:
            output.write(f"{json.dumps(event)}\n")
            output.flush()

    begin = json.loads(sys.stdin.readline())
    blocks = [ipaddress.IPv4Network(block) for block in begin["blocks"]]
    ground = Ground(
        Template(Path(begin["template"])), Loopback(blocks, begin["shift"]), Processes(), Journal(), Timers()
    )
    runner = Runner(Path(begin["folder"]), ground, begin["order"], tell)
    tell({"event": "done", "id": begin["id"]})
    orders = ThreadPoolExecutor(4, thread_name_prefix="order")
    for line in sys.stdin:
        orders.submit(_loudly, runner.do, json.loads(line))
    # Not `exit`, which waits for threads; and the kernel ends whatever the guests run.
    os._exit(0)


if __name__ == "__main__":
    _loudly(main)
