"""The whole floor under faults, shift after shift, by a visitor's command. Arguments go to `floorhand demo` (`--minutes 60`)."""

import json
import subprocess
import sys
from collections.abc import Sequence

from tools.bench import Figure


def main(arguments: Sequence[str]) -> list[Figure]:
    """Shifts played, and how often one of them lost or doubled a fact or did not come to its end."""
    command = [sys.executable, "-m", "app", "demo", "--headless", "--chaos", "--orders", "20", "--soak", "--json"]
    done = subprocess.run([*command, *arguments], stdout=subprocess.PIPE, text=True)
    shifts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    bad = sum(not shift.get("ok") for shift in shifts) + (done.returncode != 0 and not shifts)
    return [Figure("shifts played", len(shifts), ""), Figure("shifts that went wrong", bad, "", limit=0)]
