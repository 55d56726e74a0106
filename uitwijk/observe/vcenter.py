"""Whether a vCenter answers: name, connection, certificate and service, all within one time limit."""

from __future__ import annotations

import http.client
import queue
import ssl
import threading

TIMEOUT = 10.0
"""Seconds, in all."""
_PATH = "/sdk/vimServiceVersions.xml"
"""What every vCenter tells without a login."""


def vcenter_problem(server: str, *, timeout: float = TIMEOUT) -> str | None:
    """Why the vCenter does not answer, in one line; None: it does.

    The certificate is judged by the default trust store, which the environment variable SSL_CERT_FILE replaces.

    Args:
        server: host name or address, and `:port` if it is not 443.
        timeout: in seconds, for everything together.
    """
    answer: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    # A thread, because neither the look-up of a name nor an answer that trickles in can be bounded otherwise.
    threading.Thread(target=lambda: answer.put(_ask(server, timeout)), daemon=True).start()
    try:
        return answer.get(timeout=timeout)
    except queue.Empty:
        return _silent(server, timeout)


def _ask(server: str, timeout: float) -> str | None:
    connection = http.client.HTTPSConnection(server, timeout=timeout, context=ssl.create_default_context())
    try:
        connection.request("GET", _PATH)
        status = connection.getresponse().status
    except TimeoutError:
        return _silent(server, timeout)
    except ConnectionRefusedError:
        return f"{server} refuses connections"
    except ssl.SSLCertVerificationError as error:
        return (
            f"the certificate of {server} is not trusted ({error.verify_message}); SSL_CERT_FILE names the trusted ones"
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{server} cannot be reached: {error or type(error).__name__}"
    finally:
        connection.close()
    return None if status == http.HTTPStatus.OK else f"{server} answers with status {status} instead of 200"


def _silent(server: str, timeout: float) -> str:
    return f"{server} does not answer within {timeout:g} s"
