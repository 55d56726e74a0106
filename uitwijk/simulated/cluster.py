"""A cluster of PostgreSQL on loopback: TLS, passwords, and nothing else lets anybody in."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import trustme

from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import write_private
from uitwijk.running import children
from uitwijk.simulated.postgresql import PostgreSQL

ADMINISTRATOR = "postgres"
HOST = "127.0.0.1"
_READY_SECONDS = 30
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.3",
    "password_encryption": "scram-sha-256",
    "wal_level": "replica",
    "max_wal_senders": "4",
}
_HBA = f"""\
hostssl all         {ADMINISTRATOR}  {HOST}/32 scram-sha-256
hostssl uitwijk     uitwijk_operator,uitwijk_reader  {HOST}/32 scram-sha-256
hostssl replication uitwijk_copy  {HOST}/32 scram-sha-256
"""


class Cluster:
    """One server and its data.

    Args:
        data: its folder.
        port: where it listens.
        authority: file with the certificate that clients trust.
        passwords: by role.
    """

    def __init__(
        self, postgresql: PostgreSQL, data: Path, port: int, authority: Path, passwords: Mapping[str, str]
    ) -> None:
        self.data = data
        self.port = port
        self.authority = authority
        self.passwords = passwords
        self._postgresql = postgresql
        self._process: subprocess.Popen[str] | None = None

    def create(self) -> None:
        """Makes the data of a new one; with a certificate of an authority of its own."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        first = self.data.with_name("administrator-password")
        write_private(first, self.passwords[ADMINISTRATOR])
        self._postgresql.run(
            "initdb",
            *("--pgdata", self.data, "--username", ADMINISTRATOR, "--auth", "scram-sha-256", "--pwfile", first),
            *("--encoding", "UTF8", "--locale", "C"),
        )
        first.unlink()
        ca = trustme.CA()
        issued = ca.issue_cert(HOST)
        ca.cert_pem.write_to_path(str(self.authority))
        write_private(self.data / "server.key", issued.private_key_pem.bytes().decode())
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(self.data / "server.crt"), append=True)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
        (self.data / "pg_hba.conf").write_text(_HBA, encoding="utf-8")

    def start(self) -> None:
        """Starts the server and waits until it takes orders. Call it from the main thread: it dies with its starter.

        Raises:
            UitwijkError: it does not come up, with its last words.
        """
        log = self.data.with_name(f"{self.data.name}.log")
        with log.open("w", encoding="utf-8") as output:
            self._process = children.start(
                self._postgresql.command("postgres", "-D", self.data, "-p", str(self.port)),
                env=dict(self._postgresql.environment),
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            with contextlib.suppress(psycopg.OperationalError), self.connected("postgres") as connection:
                if connection.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,):
                    return
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                words = log.read_text(encoding="utf-8").strip().splitlines()
                raise UitwijkError(f"PostgreSQL on port {self.port}: {words[-1] if words else 'silent'} (log: {log})")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stops the server; what was written is on the disk."""
        if self._process is not None:
            children.stop(self._process)
            self._process = None

    def lose(self) -> None:
        """The server dies in the middle of whatever it does, and its data is gone."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self.stop()
        shutil.rmtree(self.data)

    def connected(self, database: str) -> psycopg.Connection[Any]:
        """A session of the administrator."""
        return psycopg.connect(
            self.conninfo(ADMINISTRATOR),
            dbname=database,
            password=self.passwords[ADMINISTRATOR],
            autocommit=True,
            connect_timeout=_READY_SECONDS,
        )

    def conninfo(self, role: str) -> str:
        """How a role reaches it, without its password."""
        return f"host={HOST} port={self.port} user={role} sslmode=verify-full sslrootcert={self.authority}"


def free_port() -> int:
    """A port of loopback on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
