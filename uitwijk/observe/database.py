"""A state backend in PostgreSQL, read with nothing but `SELECT`.

The engine can use a database only as the owner of its table, for whenever it connects it asks for table and index to be
made unless they exist (seen in 3.259). Whoever only looks, as the guard does at a peer, has an account that may read,
and this module reads for it.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

SCHEME = "postgres://"
COPY_SLOT = "uitwijk_copy"
"""The replication slot through which the other site fetches the copy."""
_TABLE = "pulumi_state"
_SLOT = """\
SELECT active, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)::bigint,
       extract(epoch FROM clock_timestamp() - reply_time)::float8
FROM pg_replication_slots LEFT JOIN pg_stat_replication ON pid = active_pid
WHERE slot_name = %s"""
_CONNECT_SECONDS = 10
_STATEMENT_MILLISECONDS = 30_000


class DatabaseError(Exception):
    """Why a database could not be read, in one line."""


@dataclass(frozen=True)
class Copy:
    """What the database knows of the copy of itself that the other site fetches."""

    arranged: bool
    """Whether there is a slot for it at all."""
    fetched: bool
    """Whether it is being fetched at this moment."""
    missing: int
    """Bytes of its log that the copy does not hold; 0 if that cannot be known."""
    age_seconds: float | None
    """Seconds since the fetching side last answered; None: nobody fetches, or its sessions cannot be seen."""
    changed: datetime | None
    """When a state was last written; None: never."""


class Database:
    """One state backend.

    Args:
        url: as the engine takes it: `postgres://user@host/database?sslmode=verify-full&table=…`.
        environment: where `PGPASSFILE` and `PGSSLROOTCERT` are looked up.
    """

    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        self._table = sql.Identifier(*query.pop("table", _TABLE).split("."))
        self._url = urlunsplit(parts._replace(query=urlencode(query)))
        # The engine takes the URL's path for a folder as well.
        self._folder = f"{parts.path.strip('/')}/.pulumi"
        self._files = {
            key: environment[variable]
            for key, variable in (("passfile", "PGPASSFILE"), ("sslrootcert", "PGSSLROOTCERT"))
            if variable in environment and key not in query
        }

    def export(self, stack: str) -> str | None:
        """The state of a stack in the form of `pulumi stack export`; None: there is no such stack.

        Raises:
            DatabaseError: it cannot be read.
        """
        _, project, name = stack.split("/")
        with self._reading() as connection:
            found = self._values(connection, f"{self._folder}/stacks/{project}/{name}.json") or [
                gzip.decompress(packed)
                for packed in self._values(connection, f"{self._folder}/stacks/{project}/{name}.json.gz")
            ]
            if not found:
                return None
            kept = json.loads(found[0])
            checkpoint = kept.get("checkpoint") or {}
            return json.dumps({"version": kept.get("version", 3), "deployment": checkpoint.get("latest") or {}})

    def locks(self, stack: str) -> list[bytes]:
        """The contents of the locks on a stack.

        Raises:
            DatabaseError: they cannot be read.
        """
        with self._reading() as connection:
            return self._values(connection, f"{self._folder}/locks/{stack}/%")

    def copy(self) -> Copy:
        """How the copy at the other site stands.

        Raises:
            DatabaseError: it cannot be read.
        """
        with self._reading() as connection:
            (changed,) = connection.execute(
                sql.SQL("SELECT max(updated_at) FROM {}").format(self._table)
            ).fetchone() or (None,)
            slot = connection.execute(_SLOT, (COPY_SLOT,)).fetchone()
        if slot is None:
            return Copy(False, False, 0, None, changed)
        fetched, missing, age = slot
        return Copy(True, fetched, max(missing or 0, 0), age, changed)

    def _values(self, connection: psycopg.Connection[Any], pattern: str) -> list[bytes]:
        """What is kept under the keys that are like `pattern`, in their order."""
        query = sql.SQL("SELECT data->>'data' FROM {} WHERE key LIKE %s ORDER BY key").format(self._table)
        return [base64.b64decode(text) for (text,) in connection.execute(query, (pattern.replace("_", r"\_"),))]

    @contextmanager
    def _reading(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(
                make_conninfo(self._url, **self._files),
                connect_timeout=_CONNECT_SECONDS,
                application_name="uitwijk",
                options=f"-c default_transaction_read_only=on -c statement_timeout={_STATEMENT_MILLISECONDS}",
            ) as connection:
                yield connection
        except (psycopg.Error, OSError, EOFError, ValueError, AttributeError, TypeError) as error:
            raise DatabaseError(" ".join(str(error).split()) or type(error).__name__) from None
