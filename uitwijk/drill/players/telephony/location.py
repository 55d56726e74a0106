"""The location that a call carries: a Geolocation header and the PIDF-LO that it points to (RFC 6442, 4119, 5139)."""

from __future__ import annotations

import email
import email.policy
import re
from xml.etree import ElementTree

_CIVIC = "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr}"
_PIDF = "application/pidf+xml"
_ELEMENTS = ("country", "A1", "A2", "A3", "A4", "A5", "A6", "LOC")
"""From the largest to the smallest."""


def location(message: str) -> str | None:
    """The civic address that a SIP request carries, as one string in the catalogue's form; None: none at all.

    Args:
        message: the whole request.

    Raises:
        ValueError: what it says of a location cannot be used by a control room; the text says why.
    """
    _, _, rest = message.replace("\r\n", "\n").partition("\n")
    parsed = email.message_from_string(rest, policy=email.policy.SMTP.clone(utf8=True))
    bodies = [part for part in parsed.walk() if part.get_content_type() == _PIDF]
    pointers = parsed.get_all("Geolocation", [])
    if not bodies and not pointers:
        return None
    if not pointers:
        raise ValueError("there is a location in its body, and no Geolocation header that points to it")
    referred = re.findall(r"<cid:([^>]+)>", " ".join(pointers))
    found = [part for part in bodies if str(part.get("Content-ID", "")).strip().strip("<>") in referred]
    if len(found) != 1:
        raise ValueError(f"its Geolocation header ({' '.join(pointers)}) points to {len(found) or 'no'} bodies")
    try:
        document = ElementTree.fromstring(str(found[0].get_payload()).strip())
    except ElementTree.ParseError as error:
        raise ValueError(f"its location is no XML: {error}") from error
    address = document.find(f".//{_CIVIC}civicAddress")
    if address is None:
        raise ValueError("its location has no civic address")
    texts = ((address.findtext(f"{_CIVIC}{name}") or "").strip() for name in _ELEMENTS)
    return ", ".join(text for text in texts if text)
