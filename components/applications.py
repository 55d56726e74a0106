"""Applications: the catalogue's services, with their databases and data disks."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from uitwijk.continuity.region import Workload
from uitwijk.continuity.standing import Standing
from uitwijk.machines.jobs import Job, application_job
from uitwijk.machines.jobs.applications import CLUSTER, DNS_UPDATE_KEY
from uitwijk.resources.part import Part


class Applications(Part):
    """Whatever of the catalogue is neither workplace nor telephony; at a partnership the shared services, too.

    Cold ones run at one site, databases and files before the applications that need them; their data disks are on
    replicated storage. The directory (names, time, identities) is hot: it serves at both sites.
    """

    def job(self, here: Standing, secrets: Mapping[str, str]) -> Job:
        """See `application_job`."""
        return application_job(here, secrets)

    def secrets(self, workload: Workload) -> Mapping[str, pulumi.Output[str]]:
        """The name servers' key for announcements, and what the nodes of a service bus recognise each other by."""
        packages = {
            package for role in self.region.services[workload.service].roles.values() for package in role.packages
        }
        known = {DNS_UPDATE_KEY: self.around.settings.dns_update_key}
        if "rabbitmq-server" in packages:
            known[CLUSTER] = self.made_up(f"{workload.organisation}-{workload.service}-cluster")
        return known
