"""What goes wrong in a shift: the network is cut, the OMS is killed and comes back. Acts by progress, so that work is always going on."""

import random
import threading
from collections.abc import Callable

from app.demo.link import Link
from app.demo.processes import Oms
from app.demo.stage import Acting, Until, pause

LINK_CUTS = 4
OMS_KILLS = 3


def trouble(
    oms: Oms, link: Link, progress: Callable[[], float], rng: random.Random, tell: Callable[[str], None]
) -> Acting:
    """Cuts and kills, spread over the shift; `progress` goes from 0 to 1. Never two at once, always mended."""
    events = ["cut"] * LINK_CUTS + ["kill"] * OMS_KILLS
    rng.shuffle(events)
    for number, event in enumerate(events):
        at = (number + 1) / (len(events) + 2)
        yield Until(lambda at=at: progress() >= at, "the shift to go on", 600)  # type: ignore[misc]
        if event == "cut":
            tell("the network is gone")
            link.cut()
            yield pause(rng.uniform(1.5, 4.0))
            link.mend()
            tell("the network is back")
        else:
            tell("the OMS is killed")
            oms.kill()
            yield pause(rng.uniform(0.2, 1.0))
            # Starting takes seconds; the floor must not wait for it.
            starting = threading.Thread(target=oms.start_again, name="oms-start", daemon=True)
            starting.start()
            yield Until(lambda starting=starting: not starting.is_alive(), "the OMS to come back", 120)  # type: ignore[misc]
            tell("the OMS is back")
