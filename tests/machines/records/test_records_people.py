"""The application of machines that stand at one site at a time: sessions of clerks, and documents."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import sys
import threading

import pytest

from tests.machines.debian import PYTHON, Unpacked
from tests.machines.records.machines import (
    APPLICATION,
    BROKER,
    BUS,
    COUNTER,
    DATABASE,
    LOGIN,
    PATIENCE_SECONDS,
    PROFILES,
    SEAT,
    SESSION_HOST,
    Region,
    store,
)

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


ORDER = {"id": "document-1", "building": Printer.building, "lines": ["Gemeente Reeënmeer", "Uittreksel"] * 40}


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
