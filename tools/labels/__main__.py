"""`python -m tools.labels FILE.zpl...`: what both engines draw, beside the file, and what can be scanned on it."""

import sys
from pathlib import Path

from tools.labels.decode import ENGINES, NotRendered, decode, render_zpl


def main() -> int:
    """Renders each file; the exit code says whether both engines drew all of them and agree."""
    agreed = True
    for path in map(Path, sys.argv[1:]):
        readings = []
        for engine in ENGINES:
            try:
                png = render_zpl(path.read_bytes(), engine)
            except NotRendered as trouble:
                print(f"{path} {engine}: {trouble}")
                agreed = False
                continue
            path.with_suffix(f".{engine}.png").write_bytes(png)
            readings.append(decode(png))
            print(f"{path} {engine}: {readings[-1]}")
        agreed &= len(readings) == len(ENGINES) and readings[0] == readings[1]
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
