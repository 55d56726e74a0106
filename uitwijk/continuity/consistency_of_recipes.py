"""What must hold between the roles of services and the recipes that do their jobs."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.continuity.catalogue import Role, Service, Standby
from uitwijk.continuity.draft import Draft, Findings
from uitwijk.continuity.recipe import Kind, Needs, Recipe, Serves

_FILE = "services.yaml"


def check(draft: Draft, findings: Findings) -> None:
    """Notes every role that its recipe cannot be, every service that is not what it says, and who is shut out."""
    for slug, service in draft.services.items():
        for name, role in service.roles.items():
            path = f"{slug}.roles.{name}"
            findings.known(_FILE, f"{path}.recipe", [role.recipe], "recipe")
            if (recipe := draft.recipes.get(role.recipe)) is not None:
                for what in _role(service, role, recipe):
                    findings.add(_FILE, path, what)
                if _public(draft, role) and not recipe.public:
                    what = f"{role.network} is public, and the recipe {role.recipe} may not stand in a public network"
                    findings.add(_FILE, path, what)
                for what in _needs(draft, service, name, recipe):
                    findings.add(_FILE, path, what)
            if role.station is not None:
                findings.known(_FILE, f"{path}.station", [role.station], "station of a building")
            if role.disks and _public(draft, role):
                what = f"{role.network} is public; what keeps data stands in a network that nobody outside reaches"
                findings.add(_FILE, f"{path}.network", what)
        if all(role.recipe in draft.recipes for role in service.roles.values()):
            _service(draft, slug, service, findings)
    _citizens(draft, findings)
    _one_register(draft, findings)


def _public(draft: Draft, role: Role) -> bool:
    network = draft.settings.networks.get(role.network) if draft.settings else None
    return network is not None and network.public


def _role(service: Service, role: Role, recipe: Recipe) -> Iterator[str]:
    least, most = recipe.disks.at_least, recipe.disks.at_most
    # Why a hot service has none at all is told with its disks.
    if not least <= len(role.disks) <= most and service.standby is Standby.COLD:
        allowed = str(least) if least == most else f"{least} to {most}"
        yield f"has {len(role.disks)} data disks; the recipe {role.recipe} has {allowed}"
    if recipe.standby not in ("either", service.standby.value):
        yield f"the recipe {role.recipe} is for a {recipe.standby} service, and this one is {service.standby}"
    if recipe.port not in (None, role.port):
        yield f"has port {role.port}; others look for the recipe {role.recipe} at {recipe.port} alone"
    if recipe.prints and role.station is None:
        yield f"the recipe {role.recipe} prints; name the `station` of a building where it does"
    if not recipe.prints and role.station is not None:
        yield f"names the station {role.station}, and the recipe {role.recipe} does not print; leave it out"
    if recipe.kind not in (service.kind, Kind.APPLICATION):
        yield f"the recipe {role.recipe} is for a service with kind: {recipe.kind}, and this one's is {service.kind}"


def _needs(draft: Draft, service: Service, name: str, recipe: Recipe) -> Iterator[str]:
    role = service.roles[name]
    if any(each.after - service.roles.keys() for each in service.roles.values()):
        return  # Whom an unknown name stands for would only be guessed.
    if Needs.DATA in recipe.needs and not any(service.roles[earlier].disks for earlier in role.after):
        yield f"the recipe {role.recipe} needs a role with a data disk, named in `after`"
    if Needs.FOLLOWERS in recipe.needs and not any(name in each.after for each in service.roles.values()):
        yield f"the recipe {role.recipe} needs a role that waits for it: one that names {name} in `after`"
    needed = [draft.services.get(other) for other in service.depends_on]
    if Needs.TRUNKS in recipe.needs and not any(other is None or Serves.TRUNKS in other.serves for other in needed):
        yield f"the recipe {role.recipe} needs a service that serves trunks, named in `depends_on`"


def _service(draft: Draft, slug: str, service: Service, findings: Findings) -> None:
    recipes = [draft.recipes[role.recipe] for role in service.roles.values()]
    served = {what for recipe in recipes for what in recipe.serves}
    for what in sorted(service.serves - served):
        findings.add(_FILE, f"{slug}.serves", f"none of its recipes serves {what}")
    for what in sorted(served - service.serves):
        findings.add(_FILE, f"{slug}.serves", f"{what} is missing, which one of its recipes serves")
    if all(recipe.kind is not service.kind for recipe in recipes):
        findings.add(_FILE, f"{slug}.kind", f"{service.kind}, and none of its recipes is of that kind")


def _citizens(draft: Draft, findings: Findings) -> None:
    """A process without sessions is done by citizens, over the internet."""
    if draft.settings is None or "services" in draft.broken:
        return
    for slug, process in draft.processes.items():
        used = {name: draft.services[name] for name in sorted(process.services) if name in draft.services}
        if any(Serves.SESSIONS in service.serves for service in used.values()):
            continue
        for name, service in used.items():
            if service.kind is not Kind.APPLICATION or service.standby is Standby.HOT:
                continue
            for role in sorted(service.last_roles):
                if not _public(draft, service.roles[role]):
                    what = (
                        f"without a service that serves sessions citizens do it themselves, and {role} of {name} "
                        "stands in no network with `public: true`"
                    )
                    findings.add("processes.yaml", f"{slug}.services", what)


def _one_register(draft: Draft, findings: Findings) -> None:
    keeping = [slug for slug, process in draft.processes.items() if process.persons_register]
    for slug in keeping[1:]:
        what = f"{keeping[0]} keeps the persons register already; one process does"
        findings.add("processes.yaml", f"{slug}.persons_register", what)
