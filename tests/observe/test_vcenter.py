"""Whether a vCenter answers. Every server here is a small one on loopback."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from uitwijk.observe.vcenter import vcenter_problem


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers as a vCenter does, or with the server's status."""

    def do_GET(self) -> None:
        status = self.server.status if self.path == "/sdk/vimServiceVersions.xml" else 404  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vcenter(tmp_path: Path, monkeypatch) -> Iterator[http.server.ThreadingHTTPServer]:
    """A server that is trusted and answers 200; set `status` for another."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.status = 200  # type: ignore[attr-defined]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def address(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_vcenter_that_answers_is_no_problem(vcenter):
    assert vcenter_problem(address(vcenter.socket)) is None


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(vcenter, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    problem = vcenter_problem(address(vcenter.socket))
    assert problem.startswith(f"the certificate of {address(vcenter.socket)} is not trusted (")
    assert "SSL_CERT_FILE" in problem


def test_a_certificate_for_another_name_is_not_trusted(vcenter):
    problem = vcenter_problem(f"localhost:{vcenter.socket.getsockname()[1]}")
    assert "is not trusted (Hostname mismatch" in problem


def test_a_server_that_is_no_vcenter_is_told_by_its_status(vcenter):
    vcenter.status = 503
    assert vcenter_problem(address(vcenter.socket)).endswith("answers with status 503 instead of 200")


def test_a_closed_port_refuses_connections(listener):
    closed = address(listener)
    listener.close()
    assert vcenter_problem(closed) == f"{closed} refuses connections"


def test_a_server_that_takes_the_connection_and_hangs_does_not_answer(listener):
    assert vcenter_problem(address(listener), timeout=0.3) == f"{address(listener)} does not answer within 0.3 s"


def test_a_name_service_that_hangs_does_not_hang_the_program(monkeypatch):
    stop = threading.Event()

    def hang(*_: object, **__: object) -> None:
        stop.wait()
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert vcenter_problem("vcenter.example", timeout=0.3) == "vcenter.example does not answer within 0.3 s"
    stop.set()


def test_a_name_that_does_not_exist_is_told(monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert vcenter_problem("vcenter.example") == (
        "vcenter.example cannot be reached: [Errno -2] Name or service not known"
    )


def test_a_server_that_does_not_speak_tls_cannot_be_reached(listener):
    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 mail ready\r\n")
            connection.recv(1024)

    thread = threading.Thread(target=answer)
    thread.start()
    problem = vcenter_problem(address(listener))
    thread.join()
    assert problem.startswith(f"{address(listener)} cannot be reached: ")
