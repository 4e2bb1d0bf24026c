"""How soon a device works again after it was unplugged, put into another socket or switched off: a thousand cycles, twenty devices."""

from tools.bench import Figure
from tools.soak import link_cycles


def main() -> list[Figure]:
    """See `tools.soak.link_cycles`."""
    return link_cycles.main(["--cycles", "1000", "--devices", "20"])
