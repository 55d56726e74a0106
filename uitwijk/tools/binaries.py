"""What the tool chain consists of: each binary, the Go module it comes from, and its flags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from uitwijk.tools.golang import ToolchainError

_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


@dataclass(frozen=True)
class Binary:
    """One thing to build.

    `folder`, in the package, holds its Go module; `sources` are the patterns of the files in it that it is made of.
    `space_gib` is what building it takes from cold, modules and caches included.
    `beside` is a file of module `beside[0]`, at path `beside[1]` in it, that has to lie next to the binary.
    """

    name: str
    title: str
    folder: str
    package: str
    space_gib: float
    sources: tuple[str, ...] = ("go.mod", "go.sum", "**/*.go")
    variables: tuple[str, ...] = ()
    beside: tuple[str, str] | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the files that make it up."""
        return (self.name, Path(self.beside[1]).name) if self.beside else (self.name,)

    @property
    def flags(self) -> tuple[str, ...]:
        """Arguments of `go build`: stripped, and without asking git, whose answer would change with each commit."""
        variables = [f"-X {variable}" for variable in self.variables]
        return ("-v", "-buildvcs=false", "-ldflags", " ".join(["-s", "-w", *variables]))


SIMULATOR = Binary("vcenter-simulator", "vCenter simulator", "simulator", ".", 0.7)
BINARIES = (
    SIMULATOR,
    Binary(
        "pulumi-language-python",
        "Pulumi's language host",
        "tools/language-host",
        "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
        0.5,
        variables=(f"{_VERSION}=3.78.0",),
        beside=("github.com/pulumi/pulumi/sdk/v3", "python/cmd/pulumi-language-python-exec"),
    ),
    Binary(
        "pulumi",
        "Pulumi engine",
        "tools/engine",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        3.6,
        variables=(f"{_VERSION}=3.259.0",),
    ),
    *(
        Binary(
            f"pulumi-resource-{name}",
            f"{title} provider",
            "tools/providers",
            f"./cmd/pulumi-resource-{name}",
            space,
            sources=("go.mod", "go.sum", f"cmd/pulumi-resource-{name}/*"),
        )
        for name, title, space in (("vsphere", "vSphere", 1.0), ("random", "random", 0.2))
    ),
)


def selected(names: list[str], toolchain: str) -> tuple[Binary, ...]:
    """The binaries to build: those named (all when none is), within what `toolchain` (UITWIJK_TOOLCHAIN) leaves to us.

    Raises ToolchainError for an unknown name or value.
    """
    if toolchain not in ("", "ambient"):
        raise ToolchainError(
            f"UITWIJK_TOOLCHAIN is '{toolchain}'.\nSet it to 'ambient' to use your own pulumi and plugins, or unset it."
        )
    ours = (SIMULATOR,) if toolchain == "ambient" else BINARIES
    unknown = set(names) - {binary.name for binary in ours}
    if unknown:
        known = ", ".join(binary.name for binary in ours)
        raise ToolchainError(f"there is nothing to build named {', '.join(sorted(unknown))}.\nThere is: {known}.")
    return tuple(binary for binary in ours if not names or binary.name in names)
