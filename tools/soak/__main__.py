"""`python -m tools.soak [--json FILE] [NAME...] [-- ARGUMENTS]`: see `tools.measure`."""

import sys

from tools import soak
from tools.measure import main, passed_on

if __name__ == "__main__":
    sys.exit(main(soak, [passed_on()]))
