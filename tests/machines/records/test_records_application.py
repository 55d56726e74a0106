"""The application of machines that stand at one site at a time: what all have in common, records, front ends."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.machines.records.machines import (
    APPLICATION,
    BUS,
    COUNTER,
    DATABASE,
    PATIENCE_SECONDS,
    PROFILES,
    SEAT,
    STRANGER,
    Region,
    front_end,
    stop,
    store,
)

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
