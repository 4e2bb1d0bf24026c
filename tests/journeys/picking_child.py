"""A picker at a real client, as a process of its own that can be killed (`picks`; the place is paired, the picker known).

Sends what the screen shows at the start and then each scan once its answer is on the screen (that is when it beeps).
"""

import os
import random
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from app.bootstrap import Client, Place
from app.core.views import PickStep, PickView
from app.demo.seats import WedgeSeat
from app.demo.show import BADGES, KeptInMemory
from app.demo.stage import Acting, Stage, Until, pause
from app.screens.preferences import Preferences
from sync.contract.rows import ItemRow

from PySide6.QtWidgets import QApplication  # isort: skip


class Picker:
    """Scans what the screen asks for, now and then something else."""

    def __init__(self, client: Client, rng: random.Random, wire: Connection) -> None:
        self.client = client
        self.wire = wire
        self.seat = WedgeSeat(client)
        self.rng = rng
        self.totes = 0

    def say(self, **facts: object) -> None:
        """Something to the parent, out at once."""
        self.wire.send(facts)

    def standing(self) -> dict[str, object]:
        """Where the picker stands, by the screen alone."""
        view = self.seat.view()
        if not isinstance(view, PickView):
            return {"screen": self.seat.screen()}
        return {
            "screen": "pick", "order": view.order, "step": view.step, "line": view.line, "bin": view.bin,
            "in_hand": view.in_hand, "done": view.lines_done, "tote": view.tote,
        }  # fmt: skip

    def act(self) -> Acting:
        """Goes on from wherever the last process was killed."""
        yield Until(lambda: self.seat.screen() != "", "a screen")
        yield Until(lambda: self.seat.screen() != "signin" or self.seat.view() is not None, "who is here")
        yield pause(0.1)
        while self.seat.screen() == "signin":
            before = self.seat.answered()
            self.seat.scan(BADGES["picker"])
            yield Until(lambda before=before: self.seat.answered() > before, "the badge to be taken")
            yield pause(0.5)
        yield Until(lambda: self.seat.view() is not None, "something on the screen")
        self.say(start=self.standing())
        while True:
            view = self.seat.view()
            if self.seat.screen() != "pick" or not isinstance(view, PickView) or view.step is PickStep.DONE:
                self.seat.press("next")
                yield pause(0.2)
                continue
            text, was = self.next_code(view), self.standing()
            before = self.seat.answered()
            self.seat.scan(text)
            yield Until(lambda before=before: self.seat.answered() > before, f"an answer to {text}")
            now = self.standing()
            counted = was["step"] == PickStep.ITEM and now != was
            self.say(scan=text, counted=counted, shows=now)

    def next_code(self, view: PickView) -> str:
        """What to scan now; one in eight is wrong."""
        if self.rng.random() < 0.12:
            return "9780201379624"
        if view.step is PickStep.TOTE:
            return f"T-{self.rng.randrange(1000, 9999)}"
        if view.step is PickStep.BIN:
            return view.bin or ""
        if view.step is PickStep.DROP:
            return "PACK-1"
        assert view.item
        with self.client.store.look() as u:
            item = u.rows.get(ItemRow, view.item.sku)
        assert item
        return next(code.gtin for code in item.codes if code.qty == 1)


def picks(data: Path, seed: int, wire: Connection, log: Path) -> None:
    """Picks until killed, or until the parent is gone."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    threading.Thread(target=_ends_with_the_parent, args=(wire,), daemon=True).start()
    app = QApplication(sys.argv[:1])
    client = Client(Place(data, "Handheld 1"), KeptInMemory(Preferences()))
    client.start()
    picker = Picker(client, random.Random(seed), wire)
    stage = Stage(
        lambda error: (picker.say(problem=repr(error)), app.quit()), lambda _name: repr(picker.seat.view())[:500]
    )
    stage.enter("the picker", picker.act())
    stage.start()
    app.exec()


def _ends_with_the_parent(wire: Connection) -> None:
    try:
        wire.recv()
    except EOFError:
        os._exit(0)
