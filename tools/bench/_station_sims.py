"""Thirty simulated devices in a process of their own, so that their work is not counted as the station's. Used by `thirty_devices`.

Prints one JSON line with their roles and addresses. `mute` on standard input makes all of them fall silent; it ends with its input.
"""

import json
import sys
import tempfile
from pathlib import Path

from devices.simulated.chaos import ChaosPlan
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.zpl_sim import ZplSim

SCANNERS, SCALES, PRINTERS = 14, 6, 10


def main() -> None:
    """Runs until standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sims = [
            *(("scanner", ScannerSim(place / f"scanner{n}")) for n in range(SCANNERS)),
            *(("scale", ScaleSim(link=place / f"scale{n}")) for n in range(SCALES)),
            *(("label-printer", ZplSim(place / f"printer{n}")) for n in range(PRINTERS)),
        ]
        for _, sim in sims:
            sim.start()
        print(json.dumps([[role, sim.url] for role, sim in sims]), flush=True)
        for line in sys.stdin:
            if line.strip() == "mute":
                for _, sim in sims:
                    sim.line.trouble(ChaosPlan(mute=True))
                print("mute", flush=True)
        for _, sim in sims:
            sim.stop()


if __name__ == "__main__":
    main()
