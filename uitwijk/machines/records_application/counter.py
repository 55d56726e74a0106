"""Issues documents: keeps the record, and prints where the counter now is."""

from __future__ import annotations

import hashlib
import io
import re
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uitwijk.machines.records_application.application import Answer, Application, Request

PORT = 9100
"""Of a printer that takes what it is sent as it is (raw, JetDirect)."""
SECONDS = 10.0
LINES = 45
"""On a page."""
NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
LABEL = re.compile(r"[a-z0-9-]{1,63}")


class Counter:
    """Prints on the printer of any building, by its name."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def answer(self, request: Request) -> Answer:
        """POST of a document: id, building, lines."""
        application = self._application
        document = application.read(request.body)
        identifier, building, lines = (document.get(key) for key in ("id", "building", "lines"))
        if not isinstance(identifier, str) or not NAME.fullmatch(identifier):
            application.refuse(400, "a document has an id")
        if not isinstance(building, str) or not LABEL.fullmatch(building):
            application.refuse(400, "a document has the name of a building")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            application.refuse(400, "a document has lines of text")
        kept: Answer = application.parts["records"].answer(request._replace(method="PUT", path=identifier))
        if kept[0] != 201:
            return kept
        content = pdf(identifier, lines)
        printer = f"{application.known['printer']}.{building}.{application.known['domain']}"
        try:
            source = (application.known["address"], 0)
            with socket.create_connection((printer, PORT), SECONDS, source) as connection:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                # A printer hangs up when it has everything.
                while connection.recv(4096):
                    pass
        except OSError as error:
            application.refuse(503, f"{printer} does not answer", why=str(error))
        digest = hashlib.sha256(content).hexdigest()
        return application.say(201, id=identifier, printer=printer, sha256=digest, bytes=len(content))


def pdf(title: str, lines: list[str]) -> bytes:
    """Pages of A4."""
    # When it is first needed: it takes much memory.
    from reportlab.lib.pagesizes import A4  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-not-found, import-untyped, unused-ignore]

    content = io.BytesIO()
    page: Any = Canvas(content, pagesize=A4)
    page.setTitle(title)
    for start in range(0, max(len(lines), 1), LINES):
        text = page.beginText(60, 780)
        text.setFont("Helvetica", 11)
        text.textLines(lines[start : start + LINES])
        page.drawText(text)
        page.showPage()
    page.save()
    return content.getvalue()
