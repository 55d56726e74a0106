"""The database that holds the state of one site's stack, and the copy of it that another site fetches."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import time
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import write_private
from uitwijk.observe.database import COPY_SLOT, Database
from uitwijk.running import children
from uitwijk.simulated.cluster import ADMINISTRATOR, HOST, Cluster, free_port
from uitwijk.simulated.postgresql import PostgreSQL

DATABASE = "uitwijk"
OPERATOR, READER, COPIER = "uitwijk_operator", "uitwijk_reader", "uitwijk_copy"
_FETCHED = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
_ROLES = Path(__file__).with_name("state-database.sql")


class StateDatabase:
    """One site's.

    Args:
        site: the site.
        folder: of the site: gets `database/`.
        elsewhere: the site that fetches the copy.
        away: folder of that site: gets `copy-of-SITE/`.
    """

    def __init__(self, site: str, folder: Path, elsewhere: str, away: Path, postgresql: PostgreSQL) -> None:
        self.site = site
        self.elsewhere = elsewhere
        self._postgresql = postgresql
        passwords = {role: secrets.token_urlsafe(18) for role in (ADMINISTRATOR, OPERATOR, READER, COPIER)}
        self._own = Cluster(postgresql, folder / "database", free_port(), folder / "database-authority.pem", passwords)
        self._restored: Cluster | None = None
        self._away = away
        self._copy = away / f"copy-of-{site}"
        self._receiver: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Makes and starts it, and has it copied.

        Raises:
            UitwijkError: it does not come up.
        """
        own = self._own
        own.create()
        own.start()
        with own.connected("postgres") as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with own.connected(DATABASE) as connection:
            connection.execute(_ROLES.read_bytes())
            for role in (OPERATOR, READER, COPIER):
                connection.execute(f"ALTER ROLE {role} PASSWORD '{own.passwords[role]}'".encode())
        self.begin_copy()

    def stop(self) -> None:
        """Stops whatever of it runs."""
        self.end_copy()
        for cluster in (self._own, self._restored):
            if cluster is not None:
                cluster.stop()

    def url(self, role: str) -> str:
        """The state backend, for a role; its password is in its `pass_line`."""
        return _url(self._own, role)

    def pass_line(self, role: str) -> str:
        """The line of a password file that lets a role in."""
        return _pass_line(self._own, role)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may read in evidence."""
        return tuple(self._own.passwords.values())

    def lose(self) -> None:
        """The database is lost with its site; what the copy holds by then, it holds."""
        self._own.lose()
        self.end_copy()

    def restore(self) -> Database:
        """Starts another database from the copy, at the site that holds it, for who reads.

        Raises:
            UitwijkError: it does not come up.
        """
        folder = self._away / f"restored-{self.site}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        data = folder / "database"
        shutil.copytree(self._copy / "base", data)
        log = self._copy / "log"
        with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(f'restore_command = \'cp "{log}/%f" "%p" || cp "{log}/%f.partial" "%p"\'\n')
        (data / "recovery.signal").touch()
        own = self._own
        self._restored = Cluster(self._postgresql, data, free_port(), own.authority, own.passwords)
        self._restored.start()
        passfile = folder / "pgpass"
        write_private(passfile, _pass_line(self._restored, READER))
        return Database(_url(self._restored, READER), {"PGPASSFILE": str(passfile)})

    def bring_back(self) -> None:
        """The site's own database begins anew with what the restored one holds, which ends.

        Raises:
            UitwijkError: it does not come up.
        """
        if self._restored is None:
            raise UitwijkError(f"nothing was restored of {self.site}")
        self._base_backup(self._restored, self._own.data, "stream")
        self._restored.stop()
        self._restored = None
        (self._own.data / "postgresql.auto.conf").write_text("", encoding="utf-8")
        self._own.start()
        self.begin_copy()

    def begin_copy(self) -> None:
        """The other site fetches the log from now on, first of all, and then a base backup.

        Raises:
            UitwijkError: it cannot.
        """
        shutil.rmtree(self._copy, ignore_errors=True)
        (self._copy / "log").mkdir(parents=True)
        passfile = self._passfile(self._own)
        reach = ("--dbname", self._own.conninfo(COPIER), "--slot", COPY_SLOT)
        self._postgresql.run("pg_receivewal", *reach, "--create-slot", "--if-not-exists", passfile=passfile)
        with (self._copy / "receiver.log").open("w", encoding="utf-8") as output:
            self._receiver = children.start(
                self._postgresql.command(
                    "pg_receivewal", *reach, "--synchronous", "--no-loop", "--directory", self._copy / "log"
                ),
                env=self._postgresql.with_passwords(passfile),
                stdout=output,
                stderr=output,
            )
        with self._own.connected(DATABASE) as connection:
            while connection.execute(_FETCHED, (COPY_SLOT,)).fetchone() != (True,):
                if self._receiver.poll() is not None:
                    words = (self._copy / "receiver.log").read_text(encoding="utf-8").strip()
                    raise UitwijkError(f"nobody fetches the state of {self.site}: {words}")
                time.sleep(0.05)
        self._base_backup(self._own, self._copy / "base", "none")

    def end_copy(self) -> None:
        """The other site fetches nothing any more."""
        if self._receiver is not None:
            children.stop(self._receiver)
            self._receiver = None

    def _base_backup(self, source: Cluster, target: Path, log: str) -> None:
        self._postgresql.run(
            "pg_basebackup",
            *("--dbname", source.conninfo(COPIER), "--pgdata", target, "--checkpoint", "fast", "--wal-method", log),
            passfile=self._passfile(source),
        )

    def _passfile(self, cluster: Cluster) -> Path:
        file = self._away / f"copy-of-{self.site}.pgpass"
        write_private(file, _pass_line(cluster, COPIER))
        return file


def _url(cluster: Cluster, role: str) -> str:
    trust = f"sslmode=verify-full&sslrootcert={cluster.authority}"
    return f"postgres://{role}@{HOST}:{cluster.port}/{DATABASE}?{trust}"


def _pass_line(cluster: Cluster, role: str) -> str:
    return f"{HOST}:{cluster.port}:*:{role}:{cluster.passwords[role]}\n"
