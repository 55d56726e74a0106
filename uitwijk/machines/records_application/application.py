"""What a machine that stands at one site at a time answers, if all that it needs answers: application.py CONFIGURATION.

Its parts, which lie beside this file, do the rest.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from ipaddress import ip_address, ip_network
from socketserver import ThreadingTCPServer
from typing import Any, NamedTuple, NoReturn

CONNECT_SECONDS = 3
ANSWER_SECONDS = 15
LARGEST_BODY = 65536

Answer = tuple[int, bytes]
"""Status of HTTP, and JSON."""


class Request(NamedTuple):
    """What is asked of a part; `path` is what follows the part's own."""

    client: str
    method: str
    path: str
    body: bytes
    login: str


class Refused(Exception):
    """The request gets this answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Application:
    """What all machines have in common."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        self.name = known["about"]["name"]
        self._allowed = [ip_network(network) for network in known["allowed"]]
        self.parts: dict[str, Any] = {}
        for first, module in known["parts"].items():
            kind = module.title().replace("_", "")
            self.parts[first] = getattr(import_module(module), kind)(self)

    def answer(self, client: str, method: str, path: str, body: bytes, login: str) -> Answer:
        """The answer to any request."""
        first, _, rest = path[1:].partition("/")
        try:
            if not any(ip_address(client) in network for network in self._allowed):
                self.refuse(403, f"{client} may not ask {self.name}")
            if (method, path) == ("GET", "/"):
                return self.say(200, **self.known["about"])
            if (method, path) == ("GET", "/alive"):
                self.need(self.known["needs"])
                return self.say(200, works=True)
            if first in self.parts:
                answer: Answer = self.parts[first].answer(Request(client, method, rest, body, login))
                return answer
            self.refuse(404, f"{self.name} does not know {method} {path}")
        except Refused as refused:
            return refused.answer

    def say(self, status: int, **content: Any) -> Answer:
        """An answer of one JSON object."""
        return status, json.dumps(content).encode()

    def refuse(self, status: int, error: str, **more: str) -> NoReturn:
        """Ends the request."""
        raise Refused(self.say(status, error=error, **more))

    def read(self, body: bytes) -> dict[str, Any]:
        """The JSON object that a body is."""
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            content = None
        return content if isinstance(content, dict) else self.refuse(400, "the body is no JSON object")

    def need(self, needs: Sequence[Sequence[str]]) -> None:
        """Ends the request unless of each need a host works."""
        for hosts in needs:
            answer = self.ask(hosts, "GET", "/alive")
            if answer[0] != 200:
                raise Refused(answer)

    def ask(self, hosts: Sequence[str], method: str, path: str, body: bytes = b"", login: str = "") -> Answer:
        """What the first host that can be reached answers; ends the request if none does."""
        headers = {"Content-Type": "application/json", "Authorization": login}
        for host in hosts:
            connection = http.client.HTTPConnection(
                host, self.known["port"], timeout=CONNECT_SECONDS, source_address=(self.known["address"], 0)
            )
            reached = False
            try:
                connection.connect()
                reached = True
                connection.sock.settimeout(ANSWER_SECONDS)
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                why = str(error)
            finally:
                connection.close()
            # It may have done what it was asked: nobody else is asked to do it again.
            if reached:
                break
        self.refuse(503, f"{host} does not answer", why=why)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    application: Application
    protocol_version = "HTTP/1.1"
    timeout = 30
    error_content_type = "application/json"
    error_message_format = '{"error": "%(message)s"}'

    def do_GET(self) -> None:
        """Any request."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            # What is not read would be taken for the next request.
            self.close_connection = True
            status, content = self.application.say(413, error=f"a body says how long it is: {LARGEST_BODY} at most")
        else:
            body, login = self.rfile.read(int(length)), self.headers.get("Authorization", "")
            status, content = self.application.answer(self.client_address[0], self.command, self.path, body, login)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Basic")
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_POST = do_DELETE = do_GET

    def log_request(self, *_: object) -> None:
        """Nothing: there are too many."""


class Server(ThreadingTCPServer):
    """Not http.server's, which asks for its own name, and would wait for a name server."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        Handler.application = Application(json.load(file))
    known = Handler.application.known
    Server((known["address"], known["port"]), Handler).serve_forever()
