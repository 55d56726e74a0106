"""A region that answers as its machines should, on the loopback network, in one process: names, sessions, records.

It stands in for the machines where a test is about what the players make of an answer. What the machines really answer
is tested with living guests.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import selectors
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.standing import Standing, at_home
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.buildings import PORT as PRINTER_PORT
from uitwijk.drill.players.people import RECORDS
from uitwijk.drill.players.resolver import PORT as NAMES_PORT
from uitwijk.drill.players.resolver import NameServer, name_servers
from uitwijk.drill.players.services import workplace

PRINTER = "document-printer"

Answer = tuple[int, dict[str, Any]]


class World:
    """The machines of the region, as far as people meet them.

    Args:
        folder: holds the contents of data disks, see `disk`.
        runs: the site by name, of every cold machine that lives.
    """

    def __init__(self, folder: Path, region: Region, loopback: Loopback, runs: Mapping[str, str]) -> None:
        self.region = region
        self.loopback = loopback
        self.folder = folder
        self.runs = dict(runs)
        self.down: set[str] = set()
        """Names of machines that do not answer."""
        self.unguarded: set[str] = set()
        """Names of machines that let everybody in."""
        self.prints_in: str | None = None
        """The building where every document is printed; None: where it was asked for."""
        self.records: dict[str, dict[str, Any]] = {}
        """By name of the store."""
        self.silent: set[str] = set()
        """Name servers that do not answer."""
        self.names: dict[NameServer, dict[str, str]] = {server: {} for server in name_servers(region, loopback)}
        """The address by name, by name server."""
        for machine, site in runs.items():
            self.announce(machine, site)
        for building, known in region.buildings.items():
            for station in known.stations:
                for names in self.names.values():
                    address = loopback.address(region.station_address(building, station))
                    names[f"{region.station_name(building, station)}."] = address
        self._by_name = {at_home(region, machine).name: machine for machine in region.machines.values()}
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listeners: list[socket.socket] = []

    def announce(self, machine: str, site: str) -> None:
        """The machine tells its organisation's name servers that it runs at a site."""
        known = self.region.machines[machine]
        for server in name_servers(self.region, self.loopback, [known.organisation]):
            address = self.loopback.address(Standing(self.region, site, known).address.ip)
            self.names[server][f"{at_home(self.region, known).name}."] = address

    def disk(self, site: str, machine: Machine, disk: str) -> Path:
        """The folder with what a data disk holds."""
        return self.folder / site / f"{machine.name}-{disk}"

    def __enter__(self) -> World:
        for server in self.names:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((server.address, NAMES_PORT))
            self._listeners.append(sock)
            self._start(self._tell_names, server, sock)
        doors: dict[socket.socket, Machine] = {}
        session_hosts = {name for key in self.region.workloads for name in self._session_hosts(key)}
        for machine, site in self.runs.items():
            known = self.region.machines[machine]
            if at_home(self.region, known).name not in session_hosts and not known.disks:
                address = self.loopback.address(Standing(self.region, site, known).address.ip)
                listener = socket.create_server((address, self.region.settings.records_port), backlog=64)
                listener.settimeout(1)
                self._listeners.append(listener)
                doors[listener] = known
        self._start(self._open_doors, doors)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for listener in self._listeners:
            listener.close()

    def _session_hosts(self, key: str) -> tuple[str, ...]:
        machines = self.region.workloads[key].machines
        hosts = (each for each in machines if self.region.serves(each, Serves.SESSIONS))
        return tuple(at_home(self.region, host).name for host in hosts)

    def _start(self, what: Any, *args: Any) -> None:
        thread = threading.Thread(target=what, args=args, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _tell_names(self, server: NameServer, sock: socket.socket) -> None:
        sock.settimeout(0.05)
        while not self._ended.is_set():
            try:
                asked, visitor = sock.recvfrom(4096)
            except TimeoutError:
                continue
            if server.name in self.silent:
                continue
            query = dns.message.from_wire(asked)
            response = dns.message.make_response(query)
            name = str(query.question[0].name)
            if address := self.names[server].get(name):
                response.answer.append(dns.rrset.from_text(name, 60, "IN", "A", address))
            else:
                response.set_rcode(dns.rcode.NXDOMAIN)
            sock.sendto(response.to_wire(), visitor)

    def _open_doors(self, doors: Mapping[socket.socket, Machine]) -> None:
        with selectors.DefaultSelector() as selector:
            for listener, machine in doors.items():
                selector.register(listener, selectors.EVENT_READ, machine)
            while not self._ended.is_set():
                for key, _ in selector.select(0.05):
                    visitor, address = key.fileobj.accept()  # type: ignore[union-attr]
                    if key.data.name in self.down:
                        visitor.close()
                    else:
                        threading.Thread(target=self._serve, args=(visitor, address, key.data), daemon=True).start()

    def _serve(self, visitor: socket.socket, address: tuple[str, int], machine: Machine) -> None:
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                login = self.headers.get("Authorization", "Basic Og==").split()[1]
                name, _, password = base64.b64decode(login).decode().partition(":")
                place = world.place(self.client_address[0])
                status, said = world.answer(machine, place, self.command, self.path, (name, password), body)
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = answer

        with visitor:
            Handler(visitor, address, self)  # type: ignore[arg-type]

    def place(self, address: str) -> str:
        """Where somebody asks from."""
        if address == self.loopback.outside(20):
            return "outside"
        seats = {self.loopback.address(self.region.building_network(b)[50]) for b in self.region.buildings}
        return "building" if address in seats else "elsewhere"

    def answer(self, machine: Machine, place: str, method: str, path: str, login: tuple[str, str], body: Any) -> Answer:
        """What a machine answers to somebody in a building, outside, or in a session of an organisation."""
        if machine.name not in self.unguarded and not self._allowed(machine, place):
            return 403, {"error": f"{machine.name} serves others"}
        if machine.workload == workplace(self.region, machine.organisation):
            if path.startswith("/session/"):
                _, _, host, rest = path.split("/", 3)
                return self._in_session(machine.organisation, host, method, f"/{rest}", login, body)
            return 200, {"name": machine.name}
        if (missing := self._missing(machine)) is not None:
            return 503, {"error": f"{missing} does not answer"}
        if path == "/documents":
            return self._issue(body)
        records = self.records.setdefault(self._store(machine.workload), {})
        number = path.removeprefix("/records/")
        if method == "PUT":
            records[number] = body
            return 201, {"stored_at": self._store(machine.workload)}
        return (200, records[number]) if number in records else (404, {"error": f"no record {number}"})

    def _allowed(self, machine: Machine, place: str) -> bool:
        if Standing(self.region, self.runs[machine.name], machine).public:
            return True
        if self.region.serves(machine, Serves.LOGINS):
            return place == "building"
        return self.region.organisations.keys() >= {place} and (
            self.region.provider(place, machine.service) == machine.workload
        )

    def _in_session(
        self, organisation: str, host: str, method: str, path: str, login: tuple[str, str], body: Any
    ) -> Answer:
        key = workplace(self.region, organisation)
        assert key is not None
        store = self.region.stores(key)[0]
        name, password = login
        records = self.disk(self.region.home(organisation), store, next(iter(store.disks))) / RECORDS
        accounts = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
        known = {account["id"]: account["record"] for account in accounts}
        account = known.get(f"account-{name}")
        if not account or hashlib.sha256((account["salt"] + password).encode()).hexdigest() != account["sha256"]:
            return 401, {"error": f"{name} is not known here"}
        machine = self._by_name.get(host) or next(
            (
                each
                for each, site in ((self.region.machines[m], s) for m, s in self.runs.items())
                if self.loopback.address(Standing(self.region, site, each).address.ip) == host
            ),
            None,
        )
        if machine is None or machine.name in self.down or machine.name not in self.runs:
            return 503, {"error": f"{host} does not answer"}
        return self.answer(machine, organisation, method, path, login, body)

    def _missing(self, machine: Machine) -> str | None:
        own = self.region.stores(machine.workload)
        needed = (self.region.workloads[key] for key in self.region.needs[machine.workload])
        others = (each for workload in needed if not workload.hot for each in workload.machines)
        return next((at_home(self.region, each).name for each in (*own, *others) if each.name in self.down), None)

    def _store(self, workload: str) -> str:
        keys = (workload, *self.region.needs[workload])
        return next(machine.name for key in keys for machine in self.region.stores(key))

    def _issue(self, document: Mapping[str, Any]) -> Answer:
        building = self.prints_in or document["building"]
        content = b"%PDF-1.4\n" + json.dumps(document).encode() + b"\n%%EOF\n"
        printer = self.loopback.address(self.region.station_address(building, PRINTER))
        try:
            with socket.create_connection((printer, PRINTER_PORT), 5) as connection:
                connection.sendall(content)
        except OSError:
            return 503, {"error": f"{self.region.station_name(building, PRINTER)} does not answer"}
        said = {"id": document["id"], "printer": building, "bytes": len(content)}
        return 201, said | {"sha256": hashlib.sha256(content).hexdigest()}
