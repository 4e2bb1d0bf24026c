"""`python -m tools.bench [--json FILE] [NAME...]`: see `tools.measure`."""

import sys

from tools import bench
from tools.measure import main

if __name__ == "__main__":
    sys.exit(main(bench))
