"""Watches one vCenter for machines that come and go: its property collector tells, and is not asked again and again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyVmomi import vim, vmodl

from uitwijk.drill.guests.guest import GuestInputs
from uitwijk.drill.guests.watched import Watched
from uitwijk.observe.inventory import guest_info
from uitwijk.observe.session import VCenterError, connected

_WATCHED = ["name", "config.instanceUuid", "runtime.powerState", "guest.net"]
_TOLD = ["config.extraConfig", "config.hardware.device"]
_LONGEST_SECONDS = 300
"""An answer may take so long while nothing happens; vCenters and what lies between may answer earlier."""
_REQUEST_SECONDS = 330.0
_AGAIN_SECONDS = 1.0


@dataclass(frozen=True)
class Hearer:
    """Who is told what a vCenter says. Machines are known by their instance UUID."""

    stand: Callable[[frozenset[str]], None]
    """All that exist; told when the watch begins, and when one is gone."""
    up: Callable[[Mapping[str, GuestInputs]], None]
    """These are powered on, and their network is up."""
    down: Callable[[str], object]
    """It is powered off, or its network is down."""
    silent: Callable[[str], None]
    """The vCenter cannot be read, in one line; it is tried again."""


class Watch:
    """Follows a vCenter in a thread of its own, until stopped.

    Args:
        vcenter: which.
        hearer: who is told.
        taking_part: whether a machine of that name is of interest.
    """

    def __init__(self, vcenter: Watched, hearer: Hearer, taking_part: Callable[[str], bool]) -> None:
        self._vcenter = vcenter
        self._hearer = hearer
        self._taking_part = taking_part
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._connection: Any = None
        self._seen: dict[Any, dict[str, Any]] = {}
        self._up: set[str] = set()
        threading.Thread(target=self._run, name=f"watch {vcenter.server}", daemon=True).start()

    def stop(self) -> None:
        """Nobody is told anything any more, and no request leaves: who lost its site says no goodbye."""
        with self._lock:
            self._stopped.set()
            sock = getattr(self._connection, "sock", None)
            if sock is not None:
                # Not the method of TLS, which would take the socket apart under whoever reads from it.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _run(self) -> None:
        told = ""
        while not self._stopped.is_set():
            try:
                vcenter = self._vcenter
                with connected(
                    vcenter.server, vcenter.user, vcenter.password, cafile=vcenter.ca, timeout=_REQUEST_SECONDS
                ) as session:
                    self._hold(session.content.propertyCollector._stub)
                    told = ""
                    self._follow(session.content)
            except VCenterError as error:
                if not self._stopped.is_set() and told != str(error):
                    told = str(error)
                    self._hearer.silent(told)
            self._stopped.wait(_AGAIN_SECONDS)

    def _hold(self, stub: Any) -> None:
        """Keeps the connection that is in use at hand, so that `stop` ends it, and lets none be made after that."""
        make = stub.GetConnection

        def get() -> Any:
            with self._lock:
                if self._stopped.is_set():
                    raise ConnectionAbortedError("the site is watched no more")
                self._connection = make()
                return self._connection

        stub.GetConnection = get

    def _follow(self, content: Any) -> None:
        collector = vmodl.query.PropertyCollector
        view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
        every = collector.TraversalSpec(name="view", path="view", type=vim.view.ContainerView, skip=False)
        content.propertyCollector.CreateFilter(
            collector.FilterSpec(
                objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[every])],
                propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=_WATCHED)],
            ),
            False,
        )
        self._seen = {}
        version, options = "", collector.WaitOptions(maxWaitSeconds=_LONGEST_SECONDS)
        while not self._stopped.is_set():
            updates = content.propertyCollector.WaitForUpdatesEx(version, options)
            if updates is None:
                continue
            first, version = not version, updates.version
            gone = [self._take(update) for filters in updates.filterSet for update in filters.objectSet]
            if updates.truncated:
                continue
            if first or any(gone):
                self._tell(self._hearer.stand, frozenset(str(p["config.instanceUuid"]) for p in self._known()))
            self._compare(content)

    def _take(self, update: Any) -> bool:
        """Notes what is new of one machine; whether it is gone."""
        if update.kind == "leave":
            self._seen.pop(update.obj, None)
            return True
        properties = self._seen.setdefault(update.obj, {})
        properties.update({change.name: change.val for change in update.changeSet})
        return False

    def _known(self) -> list[dict[str, Any]]:
        return [properties for properties in self._seen.values() if properties.get("config.instanceUuid")]

    def _compare(self, content: Any) -> None:
        present = {
            properties["config.instanceUuid"]: (thing, properties["name"])
            for thing, properties in self._seen.items()
            if _is_up(properties) and self._taking_part(properties.get("name", ""))
        }
        for identity in self._up - present.keys():
            self._tell(self._hearer.down, identity)
        new = {identity: present[identity] for identity in present.keys() - self._up}
        self._up = set(present)
        if new:
            machines = self._machines(content, new)
            self._up -= new.keys() - machines.keys()
            self._tell(self._hearer.up, machines)

    def _machines(self, content: Any, new: Mapping[str, tuple[Any, str]]) -> dict[str, GuestInputs]:
        """What vCenter says of machines, in one request; without those that went away meanwhile."""
        collector = vmodl.query.PropertyCollector
        found = content.propertyCollector.RetrieveContents(
            [
                collector.FilterSpec(
                    objectSet=[collector.ObjectSpec(obj=thing) for thing, _ in new.values()],
                    propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=_TOLD)],
                    reportMissingObjectsInResults=True,
                )
            ]
        )
        told = {thing.obj: {prop.name: prop.val for prop in thing.propSet} for thing in found}
        return {
            identity: self._machine(name, told[thing])
            for identity, (thing, name) in new.items()
            if told.get(thing, {}).keys() >= set(_TOLD)
        }

    def _machine(self, name: str, told: Mapping[str, Any]) -> GuestInputs:
        options = {option.key: option.value for option in told["config.extraConfig"]}
        disks: list[Any] = [
            device for device in told["config.hardware.device"] if isinstance(device, vim.vm.device.VirtualDisk)
        ]
        # The first disk holds the system.
        data = sorted(disks, key=lambda disk: (disk.controllerKey, disk.unitNumber))[1:]
        return GuestInputs(
            name,
            guest_info(options, "guestinfo.userdata") or "",
            guest_info(options, "guestinfo.metadata") or "",
            tuple(self._folder_of(disk.backing.fileName) for disk in data),
        )

    def _folder_of(self, file: str) -> Path:
        """`[data-north] elmford/documents/files-1-files.vmdk` is a folder of the datastore in a drill."""
        datastore, _, path = file.removeprefix("[").partition("] ")
        return self._vcenter.folder / "datastores" / datastore / f"{path.removesuffix('.vmdk')}.contents"

    def _tell(self, whom: Callable[[Any], object], what: Any) -> None:
        if not self._stopped.is_set():
            whom(what)


def _is_up(properties: Mapping[str, Any]) -> bool:
    powered = properties.get("runtime.powerState") == vim.VirtualMachine.PowerState.poweredOn
    return powered and any(card.connected for card in properties.get("guest.net") or ())
