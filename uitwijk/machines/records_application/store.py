"""Keeps records in a file on the data disk, one line each."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uitwijk.machines.records_application.application import Answer, Application, Request

IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Store:
    """What was acknowledged is on the disk; of one identifier the newest record counts."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._records: dict[str, bytes] = {}
        self._lock = threading.Lock()
        folder = application.known["store"]
        self._file = open(os.path.join(folder, "records.jsonl"), "a+b")  # noqa: SIM115
        self._file.seek(0)
        # A copy may end, and a machine stop, in the middle of a line: that record was not acknowledged.
        self._torn = False
        for line in self._file:
            self._torn = not line.endswith(b"\n")
            try:
                entry = json.loads(line)
                self._records[entry["id"]] = json.dumps(entry["record"]).encode()
            except (ValueError, LookupError, TypeError):
                continue
        entries = os.open(folder, os.O_RDONLY)
        os.fsync(entries)
        os.close(entries)

    def answer(self, request: Request) -> Answer:
        """PUT and GET of one record."""
        application, identifier = self._application, request.path
        if not IDENTIFIER.fullmatch(identifier):
            application.refuse(400, "an identifier has 1 to 128 letters, digits, dots, hyphens and underscores")
        if request.method == "GET":
            if identifier not in self._records:
                application.refuse(404, f"{application.name} has no record {identifier}")
            return 200, self._records[identifier]
        if request.method != "PUT":
            application.refuse(405, "a record is put or got")
        record = application.read(request.body)
        line = json.dumps({"id": identifier, "at": round(time.time(), 3), "record": record}).encode() + b"\n"
        with self._lock:
            try:
                self._file.write(b"\n" + line if self._torn else line)
                self._torn = True
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                application.refuse(503, f"{application.name} cannot keep records", why=str(error))
            self._torn = False
            self._records[identifier] = json.dumps(record).encode()
        return application.say(201, stored_at=application.name)
