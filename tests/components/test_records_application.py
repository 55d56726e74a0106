"""The application of machines that stand at one site at a time, started as they start it, on addresses of loopback."""

from __future__ import annotations

import ast
import base64
import hashlib
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from components.jobs.records import SOURCES, told
from tests.components.debian import PYTHON, Unpacked

DATABASE, APPLICATION, BUS, PROFILES, SESSION_HOST, BROKER, COUNTER, SEAT, STRANGER = (
    f"127.77.0.{host}" for host in range(1, 10)
)
PATIENCE_SECONDS = 20
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"clerk:right").decode()}

Asked = tuple[int, Any]


class Region:
    """Machines of a region that share a port, and have addresses for names."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        with socket.socket() as free:
            free.bind((DATABASE, 0))
            self.port: int = free.getsockname()[1]

    def configure(self, address: str, parts: dict[str, str] | None = None, **more: Any) -> list[str]:
        """The command that starts a machine's application."""
        about = {"name": address, "organisation": "harlingen", "service": "any", "role": "any", "site": "bolsward"}
        known = {
            "about": about,
            "address": address,
            "port": self.port,
            "allowed": ["127.77.0.0/29", f"{SEAT}/32"],
            "needs": [],
            "parts": parts or {},
            **more,
        }
        folder = self._folder / address
        folder.mkdir(exist_ok=True)
        for module in ("application", *known["parts"].values()):
            (folder / f"{module}.py").write_text(told(module), encoding="utf-8")
        (folder / "records.json").write_text(json.dumps(known), encoding="utf-8")
        return [str(folder / "application.py"), str(folder / "records.json")]

    def start(
        self, address: str, parts: dict[str, str] | None = None, *, python: list[str] | None = None, **more: Any
    ) -> subprocess.Popen[bytes]:
        """Starts a machine, and waits until it listens."""
        command = [*(python or [sys.executable]), *self.configure(address, parts, **more)]
        process = subprocess.Popen(command)
        self._stack.callback(stop, process)
        self._await(address, process)
        return process

    def _await(self, address: str, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with socket.socket() as tried:
                if tried.connect_ex((address, self.port)) == 0:
                    return
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
                break
        raise AssertionError(f"{address} does not listen")

    def ask(
        self,
        host: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        source: str = SEAT,
        headers: dict[str, str] | None = None,
    ) -> Asked:
        """Status, and what the JSON says."""
        connection = http.client.HTTPConnection(host, self.port, PATIENCE_SECONDS, source_address=(source, 0))
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, sent, headers or {})
            response = connection.getresponse()
            assert response.getheader("Content-Type") == "application/json"
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def store(self, address: str) -> Path:
        """A folder for a machine's records."""
        folder = self._folder / f"records of {address}"
        folder.mkdir(exist_ok=True)
        return folder


def stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    with ExitStack() as stack:
        yield Region(tmp_path, stack)


def store(region: Region, address: str = DATABASE) -> subprocess.Popen[bytes]:
    return region.start(address, {"records": "store"}, store=str(region.store(address)))


def front_end(region: Region, *needs: str, **more: Any) -> subprocess.Popen[bytes]:
    needed = [[DATABASE], *([need] for need in needs)]
    return region.start(APPLICATION, {"records": "front_end"}, keeper=DATABASE, needs=needed, **more)


# Every machine


def test_a_machine_says_who_it_is_and_that_it_works(region: Region):
    region.start(BUS)
    assert region.ask(BUS, "GET", "/")[1]["name"] == BUS
    assert region.ask(BUS, "GET", "/alive") == (200, {"works": True})


def test_an_address_that_has_no_business_here_is_refused(region: Region):
    store(region)
    for path in ("/", "/alive", "/records/one"):
        status, said = region.ask(DATABASE, "GET", path, source=STRANGER)
        assert (status, said) == (403, {"error": f"{STRANGER} may not ask {DATABASE}"})


def test_a_path_that_nobody_answers_is_named(region: Region):
    region.start(BUS)
    assert region.ask(BUS, "GET", "/records/one") == (404, {"error": f"{BUS} does not know GET /records/one"})


def test_a_port_that_is_taken_is_said(region: Region):
    command = [sys.executable, *region.configure(BUS)]
    with socket.create_server((BUS, region.port)):
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("Address already in use")


def test_one_connection_carries_several_requests(region: Region):
    store(region)
    connection = http.client.HTTPConnection(DATABASE, region.port, PATIENCE_SECONDS, source_address=(SEAT, 0))
    for number in range(3):
        connection.request("PUT", f"/records/{number}", b"{}")
        response = connection.getresponse()
        assert (response.status, response.read()) == (201, json.dumps({"stored_at": DATABASE}).encode())
    connection.close()


# Records


def test_a_record_is_kept_and_the_newest_counts(region: Region):
    store(region)
    assert region.ask(DATABASE, "PUT", "/records/one", {"of": "Tsjûke"}) == (201, {"stored_at": DATABASE})
    region.ask(DATABASE, "PUT", "/records/one", {"of": "Ype"})
    assert region.ask(DATABASE, "GET", "/records/one") == (200, {"of": "Ype"})
    assert region.ask(DATABASE, "GET", "/records/two") == (404, {"error": f"{DATABASE} has no record two"})


def test_what_was_acknowledged_survives_a_machine_that_is_cut_off(region: Region):
    process = store(region)
    region.ask(DATABASE, "PUT", "/records/one", {"number": 1})
    stop(process)
    store(region)
    assert region.ask(DATABASE, "GET", "/records/one") == (200, {"number": 1})


def test_a_record_is_on_the_disk_before_it_is_acknowledged(region: Region, tmp_path: Path):
    synced = tmp_path / "synced"
    watched = (
        "import os, runpy, sys; own = os.fsync\n"
        "def fsync(file):\n"
        f"    own(file); open({str(synced)!r}, 'w').write(str(os.fstat(file).st_size))\n"
        "os.fsync = fsync; sys.path.insert(0, os.path.dirname(sys.argv[1])); del sys.argv[0]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    folder = region.store(DATABASE)
    region.start(DATABASE, {"records": "store"}, python=[sys.executable, "-c", watched], store=str(folder))
    region.ask(DATABASE, "PUT", "/records/one", {"number": 1})
    assert int(synced.read_text(encoding="utf-8")) == (folder / "records.jsonl").stat().st_size > 0


def test_a_line_that_was_copied_in_part_spoils_neither_the_lines_before_nor_those_after(region: Region):
    file = region.store(DATABASE) / "records.jsonl"
    file.write_text('{"id": "one", "record": {"number": 1}}\nnonsense\n{"id": "two", "rec', encoding="utf-8")
    process = store(region)
    assert region.ask(DATABASE, "GET", "/records/one") == (200, {"number": 1})
    assert region.ask(DATABASE, "GET", "/records/two")[0] == 404
    region.ask(DATABASE, "PUT", "/records/two", {"number": 2})
    stop(process)
    store(region)
    assert region.ask(DATABASE, "GET", "/records/two") == (200, {"number": 2})


def test_records_that_are_written_at_the_same_time_are_all_kept(region: Region):
    process = store(region)
    writers = [
        threading.Thread(target=region.ask, args=(DATABASE, "PUT", f"/records/{number}", {"number": number}))
        for number in range(20)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop(process)
    store(region)
    for number in range(20):
        assert region.ask(DATABASE, "GET", f"/records/{number}") == (200, {"number": number})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/records/one", b"{", 400),
        ("PUT", "/records/one", b"[1]", 400),
        ("PUT", "/records/one", b"\xff", 400),
        ("PUT", "/records/one", b"[" * 60_000, 400),
        ("PUT", "/records/" + "x" * 129, b"{}", 400),
        ("PUT", "/records/../one", b"{}", 400),
        ("POST", "/records/one", b"{}", 405),
        ("PUT", "/records/one", b"{}" + b" " * 65_535, 413),
    ],
)
def test_what_is_no_record_is_refused_and_the_store_goes_on(region: Region, method, path, body, status):
    store(region)
    answered, said = region.ask(DATABASE, method, path, body)
    assert (answered, list(said)) == (status, ["error"])
    assert region.ask(DATABASE, "GET", "/alive")[0] == 200


# Front ends


def test_a_front_end_passes_records_on_from_its_own_address(region: Region):
    region.start(DATABASE, {"records": "store"}, store=str(region.store(DATABASE)), allowed=[f"{APPLICATION}/32"])
    front_end(region)
    assert region.ask(APPLICATION, "PUT", "/records/one", {"number": 1}) == (201, {"stored_at": DATABASE})
    assert region.ask(APPLICATION, "GET", "/records/one") == (200, {"number": 1})
    assert region.ask(APPLICATION, "GET", "/records/two")[0] == 404
    assert region.ask(DATABASE, "GET", "/records/one")[0] == 403


def test_a_front_end_without_its_database_says_so(region: Region):
    process = store(region)
    front_end(region)
    stop(process)
    for method, path in (("GET", "/alive"), ("PUT", "/records/one"), ("GET", "/records/one")):
        status, said = region.ask(APPLICATION, method, path, {})
        assert (status, said["error"]) == (503, f"{DATABASE} does not answer")
    store(region)
    assert region.ask(APPLICATION, "GET", "/alive") == (200, {"works": True})


def test_a_front_end_whose_service_bus_does_not_answer_keeps_nothing(region: Region):
    store(region)
    front_end(region, BUS)
    status, said = region.ask(APPLICATION, "PUT", "/records/one", {})
    assert (status, said["error"]) == (503, f"{BUS} does not answer")
    assert region.ask(DATABASE, "GET", "/records/one")[0] == 404


def test_of_several_that_do_the_same_one_suffices(region: Region):
    region.start(BUS)
    region.start(APPLICATION, needs=[[PROFILES, BUS]])
    assert region.ask(APPLICATION, "GET", "/alive") == (200, {"works": True})


def test_what_fails_further_away_is_passed_on(region: Region):
    front_end(region)
    region.start(COUNTER, needs=[[APPLICATION]])
    status, said = region.ask(COUNTER, "GET", "/alive")
    assert (status, said["error"]) == (503, f"{DATABASE} does not answer")


# Sessions


def workplaces(region: Region) -> None:
    """Profiles with one account, a session host, a broker that is used from the seat alone, and a database."""
    account = {"salt": "a", "sha256": hashlib.sha256(b"aright").hexdigest()}
    line = json.dumps({"id": "account-clerk", "record": account})
    (region.store(PROFILES) / "records.jsonl").write_text(line + "\n", encoding="utf-8")
    store(region, PROFILES)
    region.start(SESSION_HOST, {"session": "session_host"}, accounts=PROFILES, allowed=[f"{BROKER}/32"])
    region.start(BROKER, {"session": "broker"}, sessions=[BUS, SESSION_HOST], allowed=[f"{SEAT}/32"])
    region.start(DATABASE, {"records": "store"}, store=str(region.store(DATABASE)), allowed=[f"{SESSION_HOST}/32"])


def test_a_clerk_who_logs_in_works_from_the_session_host(region: Region):
    workplaces(region)
    path = f"/session/{DATABASE}/records/one"
    assert region.ask(BROKER, "PUT", path, {"number": 1}, headers=LOGIN) == (201, {"stored_at": DATABASE})
    assert region.ask(BROKER, "GET", path, headers=LOGIN) == (200, {"number": 1})
    assert region.ask(DATABASE, "GET", "/records/one")[0] == 403
    assert region.ask(SESSION_HOST, "GET", path, headers=LOGIN)[0] == 403


@pytest.mark.parametrize(
    "login",
    [
        None,
        "Basic !",
        "Bearer x",
        "Basic " + base64.b64encode(b"clerk:wrong").decode(),
        "Basic " + base64.b64encode(b"nobody:right").decode(),
        "Basic " + base64.b64encode(b"../clerk:right").decode(),
        "Basic " + base64.b64encode(b"\xff:right").decode(),
    ],
)
def test_who_does_not_log_in_gets_nothing(region: Region, login):
    workplaces(region)
    headers = {} if login is None else {"Authorization": login}
    status, said = region.ask(BROKER, "GET", f"/session/{DATABASE}/", headers=headers)
    assert (status, list(said)) == (401, ["error"])


def test_a_clerk_sees_no_account(region: Region):
    workplaces(region)
    for path in (f"{PROFILES}/records/account-clerk", f"{PROFILES}//records/account-clerk"):
        status, said = region.ask(BROKER, "GET", f"/session/{path}", headers=LOGIN)
        assert status in (403, 404)
        assert "sha256" not in said
    assert region.ask(BROKER, "GET", f"/session/{PROFILES}/", headers=LOGIN)[1]["name"] == PROFILES


def test_a_session_with_a_host_that_does_not_answer_names_it(region: Region):
    workplaces(region)
    status, said = region.ask(BROKER, "GET", f"/session/{APPLICATION}/records/one", headers=LOGIN)
    assert (status, said["error"]) == (503, f"{APPLICATION} does not answer")


def test_a_session_without_profiles_is_nobodys(region: Region):
    region.start(SESSION_HOST, {"session": "session_host"}, accounts=PROFILES)
    status, said = region.ask(SESSION_HOST, "GET", f"/session/{DATABASE}/", headers=LOGIN)
    assert (status, said["error"]) == (503, f"{PROFILES} does not answer")


# Documents


class Printer:
    """A printer at 127.8.0.1 that takes what it is sent."""

    name, building, domain = "127", "8", "0.1"

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.8.0.1", 9100))
        self.printed: list[bytes] = []
        self._thread = threading.Thread(target=self._print, daemon=True)
        self._thread.start()

    def _print(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rb") as sent:
            self.printed.append(sent.read())

    def await_document(self) -> bytes:
        self._thread.join(PATIENCE_SECONDS)
        return self.printed[0]

    def close(self) -> None:
        self._listening.close()


def counter(region: Region, python: list[str]) -> None:
    store(region)
    region.start(
        COUNTER,
        {"records": "front_end", "documents": "counter"},
        python=python,
        keeper=DATABASE,
        needs=[[DATABASE]],
        printer=Printer.name,
        domain=Printer.domain,
    )


@pytest.fixture(scope="session")
def python_of_a_counter(debian: Unpacked) -> list[str]:
    """Debian's Python, with its library that makes documents."""
    return ["env", *(f"{name}={debian.environment[name]}" for name in ("LD_LIBRARY_PATH", "PYTHONPATH")), str(PYTHON)]


ORDER = {"id": "document-1", "building": Printer.building, "lines": ["Gemeente Wûnseradiel", "Uittreksel"] * 40}


def test_a_document_is_recorded_and_printed_in_its_building(region: Region, python_of_a_counter: list[str]):
    counter(region, python_of_a_counter)
    printer = Printer()
    try:
        status, said = region.ask(COUNTER, "POST", "/documents", ORDER)
        document = printer.await_document()
    finally:
        printer.close()
    assert document.startswith(b"%PDF-")
    assert (status, said) == (
        201,
        {
            "id": "document-1",
            "printer": "127.8.0.1",
            "sha256": hashlib.sha256(document).hexdigest(),
            "bytes": len(document),
        },
    )
    assert region.ask(DATABASE, "GET", "/records/document-1") == (200, ORDER)


def test_a_printer_that_cannot_be_reached_is_named(region: Region, python_of_a_counter: list[str]):
    counter(region, python_of_a_counter)
    status, said = region.ask(COUNTER, "POST", "/documents", ORDER | {"building": "9"})
    assert (status, said["error"]) == (503, "127.9.0.1 does not answer")


@pytest.mark.parametrize(
    "change",
    [{"building": "../8"}, {"building": 8}, {"id": None}, {"id": "a b"}, {"lines": "text"}, {"lines": [1]}],
)
def test_what_is_no_document_is_refused(region: Region, change):
    counter(region, [sys.executable])
    status, said = region.ask(COUNTER, "POST", "/documents", ORDER | change)
    assert (status, list(said)) == (400, ["error"])


# What machines are told is what is here


@pytest.mark.parametrize("file", sorted(SOURCES.glob("*.py")), ids=lambda file: file.stem)
def test_machines_get_each_part_as_it_is_here_without_comments(file: Path):
    source, text = file.read_text(encoding="utf-8"), told(file.stem)
    assert ast.dump(without_texts(ast.parse(text))) == ast.dump(without_texts(ast.parse(source)))
    assert '"""' not in text.replace('    """Nothing: there are too many."""\n', "")
    assert [line for line in text.splitlines()[1:] if not line.strip() or line.lstrip().startswith("#")] == []


def without_texts(tree: ast.Module) -> ast.Module:
    """The same, with `pass` for every docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            texts = [p for p in node.body if isinstance(p, ast.Expr) and isinstance(p.value, ast.Constant)]
            node.body = [part for part in node.body if part not in texts] or [ast.Pass()]
    return tree
