"""A state in PostgreSQL: what a reader sees, what it cannot do, and what is left when the database is lost."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.engine.waiting import wait_until
from tests.needed import needed
from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import write_private
from uitwijk.observe.database import Database, DatabaseError
from uitwijk.observe.locks import find_locks
from uitwijk.observe.pulumi import Pulumi, PulumiError
from uitwijk.observe.stacks import stack_name
from uitwijk.simulated.postgresql import find_postgresql
from uitwijk.simulated.state_database import DATABASE, OPERATOR, READER, StateDatabase

VELDOORD, ZANDERMEER = (stack_name("kustland", site) for site in ("veldoord", "zandermeer"))
CONTENT = {"version": 3, "checkpoint": {"stack": VELDOORD, "latest": {"resources": [{"urn": "a"}]}}}
EXPORTED = {"version": 3, "deployment": {"resources": [{"urn": "a"}]}}
LOCK = {"username": "someone", "hostname": "elsewhere", "pid": 7, "timestamp": "2026-11-01T09:00:00Z"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateDatabase]:
    """The database of Veldoord, of which Zandermeer fetches a copy; it holds a state, and a lock on it."""
    folder = tmp_path_factory.mktemp("sites")
    for name in ("veldoord", "zandermeer"):
        (folder / name).mkdir()
    postgresql = needed("PostgreSQL 15", find_postgresql, UitwijkError)
    database = StateDatabase("veldoord", folder / "veldoord", "zandermeer", folder / "zandermeer", postgresql)
    try:
        database.start()
        with psycopg.connect(database.url(OPERATOR), passfile=str(passfile(database, folder))) as connection:
            # As the engine makes it, whatever else it asks for.
            connection.execute(
                "CREATE TABLE pulumi_state (key TEXT PRIMARY KEY, data JSON NOT NULL,"
                " updated_at TIMESTAMPTZ NOT NULL DEFAULT now())"
            )
            keep(connection, "stacks/kustland/veldoord.json", json.dumps(CONTENT).encode())
            keep(connection, f"locks/{VELDOORD}/one.json", json.dumps(LOCK).encode())
        yield database
    finally:
        database.stop()


@pytest.fixture
def environment(site: StateDatabase, tmp_path: Path) -> Mapping[str, str]:
    """In which the reader's password is found."""
    return {"PGPASSFILE": str(passfile(site, tmp_path))}


def passfile(database: StateDatabase, folder: Path) -> Path:
    file = folder / "pgpass"
    write_private(file, database.pass_line(OPERATOR) + database.pass_line(READER))
    return file


def keep(connection: psycopg.Connection, key: str, content: bytes) -> None:
    packed = json.dumps({"data": base64.b64encode(content).decode()})
    connection.execute("INSERT INTO pulumi_state (key, data) VALUES (%s, %s)", (f"{DATABASE}/.pulumi/{key}", packed))


def test_a_reader_sees_the_state_and_its_locks(site: StateDatabase, environment: Mapping[str, str]) -> None:
    database = Database(site.url(READER), environment)
    assert json.loads(database.export(VELDOORD) or "") == EXPORTED
    assert database.export(ZANDERMEER) is None
    (lock,) = find_locks(site.url(READER), VELDOORD, Path(), environment)
    assert (lock.owner, lock.pid, lock.alive) == ("someone@elsewhere", 7, None)
    assert find_locks(site.url(READER), ZANDERMEER, Path(), environment) == ()


def test_a_state_that_the_engine_packs_is_read_as_well(site: StateDatabase, environment: Mapping[str, str]) -> None:
    with psycopg.connect(site.url(OPERATOR), passfile=environment["PGPASSFILE"]) as connection:
        keep(connection, "stacks/kustland/zandermeer.json.gz", gzip.compress(json.dumps(CONTENT).encode()))
        connection.commit()
        try:
            assert json.loads(Database(site.url(READER), environment).export(ZANDERMEER) or "") == EXPORTED
        finally:
            connection.execute("DELETE FROM pulumi_state WHERE key LIKE '%.gz'")


@pytest.mark.parametrize(
    ("name", "content"), [("broken.json", b"{"), ("broken.json", b"[]"), ("broken.json.gz", b"not packed")]
)
def test_what_is_no_state_is_told_in_a_line(
    site: StateDatabase, environment: Mapping[str, str], name: str, content: bytes
) -> None:
    with psycopg.connect(site.url(OPERATOR), passfile=environment["PGPASSFILE"]) as connection:
        keep(connection, f"stacks/kustland/{name}", content)
        connection.commit()
        try:
            with pytest.raises(DatabaseError) as told:
                Database(site.url(READER), environment).export(stack_name("kustland", "broken"))
        finally:
            connection.execute("DELETE FROM pulumi_state WHERE key LIKE '%broken%'")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "order",
    [
        "INSERT INTO pulumi_state (key, data) VALUES ('a', '{}')",
        "UPDATE pulumi_state SET data = '{}'",
        "DELETE FROM pulumi_state",
        "DROP TABLE pulumi_state",
        "CREATE TABLE state.other (a int)",
        "CREATE TABLE public.other (a int)",
        "CREATE ROLE another",
    ],
)
def test_a_reader_changes_nothing_even_where_it_asks_to(
    site: StateDatabase, environment: Mapping[str, str], order: str
) -> None:
    with psycopg.connect(site.url(READER), passfile=environment["PGPASSFILE"]) as connection:
        connection.read_only = False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL(order))  # type: ignore[arg-type]


def test_nobody_gets_in_without_tls_or_with_another_password(site: StateDatabase, tmp_path: Path) -> None:
    file = passfile(site, tmp_path)
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(site.url(READER).replace("verify-full", "disable"), passfile=str(file))
    file.write_text(file.read_text(encoding="utf-8").replace(":uitwijk_reader:", ":uitwijk_reader:x"), encoding="utf-8")
    with pytest.raises(DatabaseError, match="password authentication failed"):
        Database(site.url(READER), {"PGPASSFILE": str(file)}).export(VELDOORD)


def test_what_cannot_be_reached_or_is_not_there_is_told_as_of_any_other_backend(
    site: StateDatabase, environment: Mapping[str, str], tmp_path: Path
) -> None:
    pulumi = Pulumi(tmp_path, environment, project="kustland")
    assert json.loads(pulumi.export("veldoord", site.url(READER))) == EXPORTED
    with pytest.raises(PulumiError) as absent:
        pulumi.export("zandermeer", site.url(READER))
    assert (absent.value.uninitialised, absent.value.why) == (True, "stack zandermeer is not initialised here")
    nowhere = "postgres://uitwijk_reader@127.0.0.1:1/uitwijk"
    with pytest.raises(PulumiError, match="Connection refused"):
        pulumi.export("veldoord", nowhere)
    assert (pulumi.locks("veldoord", nowhere), pulumi.copy(nowhere)) == ((), None)


def test_the_copy_is_watched_and_is_what_is_left_of_a_lost_database(
    site: StateDatabase, environment: Mapping[str, str]
) -> None:
    wait_until(lambda: Database(site.url(READER), environment).copy().missing == 0)
    copy = Database(site.url(READER), environment).copy()
    assert (copy.arranged, copy.fetched) == (True, True)
    assert copy.age_seconds is not None
    site.end_copy()
    copy = Database(site.url(READER), environment).copy()
    assert (copy.arranged, copy.fetched, copy.age_seconds) == (True, False, None)
    assert copy.changed is not None

    site.lose()
    with pytest.raises(DatabaseError):
        Database(site.url(READER), environment).export(VELDOORD)
    assert json.loads(site.restore().export(VELDOORD) or "") == EXPORTED
    site.bring_back()
    assert json.loads(Database(site.url(READER), environment).export(VELDOORD) or "") == EXPORTED
    assert Database(site.url(READER), environment).copy().fetched
