"""A telephone, or another party of a call, that sends and reads SIP word for word over UDP."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

PATIENCE_SECONDS = 10
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


@dataclass(frozen=True)
class Message:
    """What was received."""

    start: str
    headers: EmailMessage
    """And the body."""

    @classmethod
    def of(cls, data: bytes) -> Message:
        start, _, rest = data.decode().partition("\r\n")
        parsed = email.message_from_string(rest, EmailMessage, policy=email.policy.SMTP.clone(utf8=True))  # type: ignore[arg-type]
        return cls(start, parsed)

    @property
    def status(self) -> int:
        return int(self.start.split()[1])

    def parts(self) -> dict[str, str]:
        """Bodies by content type."""
        leaves = [part for part in self.headers.walk() if not part.is_multipart()]
        return {part.get_content_type(): str(part.get_payload()) for part in leaves if str(part.get_payload()).strip()}


class Party:
    """Somebody at an address who sends requests and gets messages."""

    def __init__(self, address: str, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self._socket.settimeout(PATIENCE_SECONDS)
        self._calls = 0
        self.decline_with = "603 Decline"
        host, bound = self._socket.getsockname()
        self.place = f"{host}:{bound}"

    def __enter__(self) -> Party:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def receive(self) -> Message:
        """The next request or final reply. Calls are declined, so that nobody goes on calling."""
        while True:
            data, sender = self._socket.recvfrom(65536)
            if data.startswith(b"INVITE "):
                kept = [line for line in data.decode().split("\r\n") if re.match(r"Via|From|To|Call-ID|CSeq", line)]
                lines = [f"SIP/2.0 {self.decline_with}", *kept, "Content-Length: 0", "", ""]
                self._socket.sendto("\r\n".join(lines).encode(), sender)
            if not data.startswith((b"OPTIONS ", b"ACK ", b"SIP/2.0 1")):
                return Message.of(data)

    def await_answer(self, server: str, lives: Callable[[], bool]) -> None:
        """Returns when the server answers; fails when it no longer lives."""
        self._socket.settimeout(0.2)
        while lives():
            self.request(server, "OPTIONS", "nobody", "nobody", body="")
            try:
                self._socket.recv(65536)
                return
            except (TimeoutError, ConnectionRefusedError):
                continue
        raise AssertionError(f"{server} does not live")

    def request(
        self,
        server: str,
        method: str,
        to: str,
        number: str,
        *,
        headers: str = "",
        content_type: str = "application/sdp",
        body: str = SDP,
        realm: str = "kustland.example",
        uri: str = "",
    ) -> str:
        """Sends a request, to an address in another form if there is one, and gives it as it was sent."""
        self._calls += 1
        text = (
            f"{method} {uri or f'sip:{to}@{realm}'} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.place};branch=z9hG4bK{self.place}-{self._calls};rport\r\n"
            f"From: <sip:{number}@{realm}>;tag=1\r\nTo: <sip:{to}@{realm}>\r\n"
            f"Call-ID: {self.place}-{method}\r\nCSeq: {self._calls} {method}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:{number}@{self.place}>\r\n{headers}"
            + (f"Content-Type: {content_type}\r\n" if body else "")
            + f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )
        self._send(server, text)
        return text

    def acknowledge(self, server: str, sent: str, refused: Message) -> None:
        """Ends a request that was refused."""
        head = sent.split("\r\n\r\n")[0].split("\r\n")
        kept = [line for line in head if re.match(r"Via|From|Call-ID|Max|CSeq", line)]
        lines = [head[0], *kept, f"To: {refused.headers['To']}", "Content-Length: 0", "", ""]
        self._send(server, "\r\n".join(lines).replace("INVITE ", "ACK ").replace(" INVITE", " ACK"))

    def _send(self, server: str, text: str) -> None:
        self._socket.sendto(text.encode(), (server, 5060))


def credentials(challenge: Message, method: str, to: str, number: str, password: str) -> str:
    """The header with which a number answers a challenge (RFC 2617)."""
    name = "WWW-Authenticate" if challenge.status == 401 else "Proxy-Authenticate"
    found = dict(re.findall(r'(\w+)="([^"]*)"', str(challenge.headers[name])))
    uri = f"sip:{to}@{found['realm']}"

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    secret, request = md5(f"{number}:{found['realm']}:{password}"), md5(f"{method}:{uri}")
    response = md5(f"{secret}:{found['nonce']}:{request}")
    header = "Authorization" if challenge.status == 401 else "Proxy-Authorization"
    return (
        f'{header}: Digest username="{number}", realm="{found["realm"]}", nonce="{found["nonce"]}", '
        f'uri="{uri}", response="{response}"\r\n'
    )
