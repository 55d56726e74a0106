"""What municipalities and partnerships have in common: staff, machines, and the parts that these make up."""

from __future__ import annotations

import base64
import hashlib
from graphlib import TopologicalSorter

import bcrypt
import pulumi
import pulumi_random as random

from components.applications import Applications
from components.telephony import Telephony
from components.workplaces import Workplaces
from uitwijk.continuity.catalogue import Kind
from uitwijk.continuity.region import Workload
from uitwijk.resources.part import Part, Surroundings

_PASSWORD_LENGTH = 32
_COST = 6
"""Of bcrypt: the password is random and long, so guessing it is hopeless at any cost."""
_BCRYPT_ALPHABET = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)


class Organisation(pulumi.ComponentResource):
    """An organisation at one site. All its parts exist at both sites; the placement says which machines do."""

    def __init__(self, slug: str, around: Surroundings) -> None:
        super().__init__(
            f"uitwijk:index:{type(self).__name__}",
            slug,
            {},
            pulumi.ResourceOptions(providers=around.site.providers),
        )
        child = pulumi.ResourceOptions(parent=self)
        password = random.RandomPassword(f"{slug}-break-glass", length=_PASSWORD_LENGTH, special=False, opts=child)
        salt = f"{slug}@{around.site.slug}"
        hashed = password.result.apply(lambda plain: hash_password(plain, salt))
        self.workplaces = Workplaces(slug, around, hashed, child)
        self.telephony = Telephony(slug, around, hashed, child)
        self.applications = Applications(slug, around, hashed, child)
        parts: dict[Kind, Part] = {
            Kind.WORKPLACES: self.workplaces,
            Kind.TELEPHONY: self.telephony,
            Kind.APPLICATION: self.applications,
        }
        for workload in _in_start_order(slug, around):
            parts[around.region.services[workload.service].kind].add(workload)
        for part in parts.values():
            part.register_outputs({})
        self.register_outputs({"breakGlass": password.result})


def hash_password(plain: str, salt: str) -> str:
    """The password as `/etc/shadow` takes it; the same every time, or each run would change the machines."""
    digest = hashlib.sha256(salt.encode()).digest()[:16]
    encoded = base64.b64encode(digest).rstrip(b"=").translate(_BCRYPT_ALPHABET)
    return bcrypt.hashpw(plain.encode(), b"$2b$%02d$%s" % (_COST, encoded)).decode()


def _in_start_order(slug: str, around: Surroundings) -> list[Workload]:
    """The organisation's workloads, each behind those of its own that it depends on."""
    own = {key: workload for key, workload in around.region.workloads.items() if workload.organisation == slug}
    order = TopologicalSorter({key: [needed for needed in w.depends_on if needed in own] for key, w in own.items()})
    return [own[key] for key in order.static_order()]
