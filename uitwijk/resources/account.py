"""The account by which people get into an organisation's machines when the directory does not answer."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import bcrypt
import pulumi
import pulumi_random as random

from uitwijk.resources.site import Site

_PASSWORD_LENGTH = 32
_COST = 6
"""Of bcrypt: the password is random and long, so guessing it is hopeless at any cost."""
_BCRYPT_ALPHABET = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)


@dataclass(frozen=True, kw_only=True)
class BreakGlassAccount:
    """The local account of an organisation's machines at one site."""

    password: pulumi.Output[str]
    """Secret; people read it from the stack's state."""
    password_hash: pulumi.Output[str]
    """bcrypt, as machines are told it; secret, too."""


def break_glass_account(organisation: str, site: Site, opts: pulumi.ResourceOptions | None = None) -> BreakGlassAccount:
    """Makes the account of an organisation at a site: a password, and the same hash of it in every run."""
    password = random.RandomPassword(
        f"{organisation}-break-glass", length=_PASSWORD_LENGTH, special=False, opts=site.with_providers(opts)
    ).result
    salt = f"{organisation}@{site.slug}"
    return BreakGlassAccount(password=password, password_hash=password.apply(lambda plain: hash_password(plain, salt)))


def hash_password(plain: str, salt: str) -> str:
    """The password as `/etc/shadow` takes it; the same every time, or each run would change the machines."""
    digest = hashlib.sha256(salt.encode()).digest()[:16]
    encoded = base64.b64encode(digest).rstrip(b"=").translate(_BCRYPT_ALPHABET)
    return bcrypt.hashpw(plain.encode(), b"$2b$%02d$%s" % (_COST, encoded)).decode()
