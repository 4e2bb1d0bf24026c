"""How soon a device works again after it was unplugged, put into another socket or switched off: a thousand cycles, twenty devices."""

from dataclasses import replace

from tools.bench import Figure
from tools.soak import link_cycles


def main() -> list[Figure]:
    """See `tools.soak.link_cycles`: a thousand with the kernel's events, two hundred by polling only."""
    heard = link_cycles.main(["--cycles", "1000", "--devices", "20"])
    polled = link_cycles.main(["--cycles", "200", "--devices", "20", "--no-events"])
    return [*heard, *(replace(figure, name=f"{figure.name}, by polling only") for figure in polled)]
