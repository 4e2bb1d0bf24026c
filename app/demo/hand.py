"""A handheld of the demonstration as a process of its own: `python -m app.demo.hand`, told by one JSON line what it is.

Says `{"event": "state", ...}` on standard output now and then: how its log stands and what is on its screen. A line `copy FOLDER` has it
copied, as a backup would, `stop` ends it.
"""

import json
import os
import random
import sys
import threading
from pathlib import Path
from typing import Any

from app.bootstrap import Client, Place
from app.demo.people import Shift, eyes
from app.demo.picking import Picker
from app.demo.seats import WedgeSeat
from app.demo.show import KeptInMemory
from app.demo.sorting import Sorter
from app.demo.stage import Acting, Stage, pause
from app.demo.world import World
from app.demo.zones import ZonePicker
from app.screens.preferences import Preferences
from app.wiring.calm import keep_calm

from PySide6.QtWidgets import QApplication  # isort: skip

_TELL_S = 0.3


def _say(**words: object) -> None:
    # One write: two threads speak here.
    sys.stdout.write(f"{json.dumps(words)}\n")
    sys.stdout.flush()


def _state(client: Client, seat: WedgeSeat) -> dict[str, Any]:
    with client.store.look() as u:
        head = u.journal.head()
        waiting, device = u.journal.pending_count(), u.device_id()
    return {
        "event": "state", "device": device, "seq": head.next_seq - 1, "waiting": waiting, "notice": seat.notice() is not None,
        "screen": seat.screen(), "refusal": repr(seat.refusal()), "view": repr(seat.view())[:700],
    }  # fmt: skip


def _tell(client: Client, seat: WedgeSeat) -> Acting:
    """Tells how things stand."""
    while True:
        _say(**_state(client, seat))
        yield pause(_TELL_S)


def _acting(told: dict[str, Any], seat: WedgeSeat, shift: Shift) -> Acting:
    """What the person at this handheld does."""
    if told["job"] == "sort":
        return Sorter(seat, told["badge"], shift).act()
    if told["job"] == "zone":
        return ZonePicker(seat, told["badge"], shift, told["totes"], told["zone"]).act()
    return Picker(seat, told["badge"], shift, told["totes"]).act()


def main() -> None:
    """Works until told to stop, or until the parent is gone."""
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    app = QApplication(sys.argv[:1])
    world = World(Path(told["world"]))
    place = Place(Path(told["data"]), told["name"], desk=told["job"] == "sort")
    client = Client(place, KeptInMemory(Preferences(language=told["language"])))
    client.start()
    keep_calm()
    seat = WedgeSeat(client)

    def ended(error: Exception | None) -> None:
        _say(event="problem", problem=repr(error))

    stage = Stage(ended, lambda _name: repr(seat.view())[:700])
    shift = Shift(world, told["orders"], random.Random(told["seed"]), told["slip"], told["faults"], told["pace"])  # noqa: S311
    if told["badge"]:
        stage.enter(told["job"], _acting(told, seat, shift), leading=False)
    stage.enter("the eyes", eyes(seat, world), leading=False)
    stage.enter("the reporter", _tell(client, seat))
    stage.start()

    def hear() -> None:
        for line in sys.stdin:
            word, _, folder = line.strip().partition(" ")
            if word == "copy":
                client.store.copy_to(Path(folder))
                _say(event="copied")
            else:
                client.shell.bridge.post(app.quit)
        os._exit(0)

    threading.Thread(target=hear, name="parent", daemon=True).start()
    _say(ready=True)
    app.exec()
    _say(**_state(client, seat), latencies=client.shell.latencies())
    client.stop()


if __name__ == "__main__":
    main()
