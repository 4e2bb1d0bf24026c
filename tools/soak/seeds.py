"""Short stories by the ten thousand, each from a seed: the real sync client in memory, the real OMS on PostgreSQL, everything going wrong.

    python -m tools.soak seeds -- --seeds 1-20000 --minutes 240 --jobs 2

`shifts` plays longer ones, on the devices' real stores. A failure prints its seed; `FLOORHAND_SEEDS=17 pytest
tests/sync/test_sync_seeds.py` plays that one again.
"""

from collections.abc import Sequence

from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._quick import Stage
from tools.soak.shifts import Tally, all_played, parsed, play


def main(arguments: Sequence[str]) -> list[Figure]:
    """Seeds played and what was found."""
    return all_played(_share, parsed("seeds", arguments, 240))


def _share(seconds: float, seeds: range) -> Tally:
    with own_database() as url:
        centre = Centre(url)
        tally = play(Stage(centre).run, seeds, seconds)
        centre.close()
    return tally
