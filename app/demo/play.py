"""Plays one shift from curtain to count: people and trouble on the stage, then pictures of screens and labels, then the figures."""

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.demo.chaos import Trouble
from app.demo.dataset import LEASE_S
from app.demo.packing import Packer
from app.demo.panel import Hands, Panel
from app.demo.people import Shift, eyes, supervisor
from app.demo.picking import Picker
from app.demo.report import count
from app.demo.seats import WedgeSeat
from app.demo.show import BADGES, Cast, Show
from app.demo.stage import Acting, Stage, Until, pause
from app.demo.supervising import by_method, everything_left

Tell = Callable[[str], None]


def play(
    options: argparse.Namespace,
    work: Path,
    out: Path,
    tell: Tell,
    rng: random.Random,
    after: Callable[[Show], dict[str, Any]] = lambda _show: {},
) -> dict[str, Any]:
    """Runs the shift; the figures, with `ok` and, when something went wrong, `problem`. `after` looks at the warehouse when all is done,
    and adds figures of its own."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    began = time.monotonic()
    show = Show(work, options.dataset, options.seed, options.language, tell, _cast(options))
    try:
        for client in show.clients():
            client.start()
        figures = (
            _visit(show, app, options, tell) if _with_hands(options) else _shift(show, app, options, out, tell, rng)
        )
        figures |= after(show)
        figures["seconds"] = round(time.monotonic() - began, 1)
        figures["labels_png"] = _draw_labels(show, out / "labels")
        (out / "parcels.json").write_text(json.dumps(show.parcels(), indent=1))
        if not figures["ok"]:
            # For who looks for what went wrong: all facts, and beside them what hands did (`floor.log`).
            show.oms.run("server", "backup", str(out / "backup"), "--data", str(show.oms.data), check=False)
        return figures
    finally:
        show.close()


#: How long nothing may be left to do before people go home.
_CALM_S = 2.0
#: Long enough for a walk to an order or two, short enough to wait for its end.
_LEASE_IN_CHAOS_S = 20


def _cast(options: argparse.Namespace) -> Cast:
    """One picker has the window; several have a process each."""
    alone = options.pickers == 1
    if options.chaos:
        others = 1 if alone else options.pickers
        lease_s = _LEASE_IN_CHAOS_S if alone else LEASE_S
        return Cast(2, alone, others, options.method or "", lease_s, options.faults, options.pace)
    others = 0 if alone else options.pickers
    return Cast(1, alone, others, options.method or "", LEASE_S, options.faults, options.pace)


def _with_hands(options: argparse.Namespace) -> bool:
    return not options.headless and not options.auto


def _shift(
    show: Show, app: QApplication, options: argparse.Namespace, out: Path, tell: Tell, rng: random.Random
) -> dict[str, Any]:
    shift = show.shift(options.orders, options.seed)
    shift.on_progress = tell
    problem: list[Exception | None] = []

    def ended(error: Exception | None) -> None:
        problem.append(error)
        app.quit()

    at_handheld, at_station, at_desk = show.seats()
    show.hire(options.orders, options.seed)
    stage = Stage(ended, show.describe)
    if options.method:
        stage.enter("the supervisor", by_method(at_desk, BADGES["supervisor"], shift, show))
    else:
        stage.enter("the supervisor", supervisor(at_desk, BADGES["supervisor"], shift))
    if at_handheld:
        stage.enter("the picker", Picker(at_handheld, BADGES["picker"], shift, "A").act())
    stage.enter("the packer", Packer(at_station, BADGES["packer"], show.devices, shift).act())
    for number, seat in enumerate((at_handheld, at_station, at_desk)):
        if seat:
            stage.enter(f"the eyes at window {number}", eyes(seat, show.world), leading=False)
    stage.enter("the photographer", _photographs(show, out / "screens"), leading=False)
    trouble = Trouble(show, shift, rng, tell) if options.chaos else None
    if trouble:
        stage.enter("trouble", trouble.act())
        if show.handheld:
            stage.enter("a lost lease", trouble.lose_a_lease())
    stage.enter("the end of the shift", _ending(show, shift, lambda: trouble is None or trouble.over))
    stage.start()
    app.exec()
    if not problem[0]:
        stage.enter("the last facts", _drain(show))
        problem.clear()
        stage.start()
        app.exec()
    for other in show.others:
        other.stop()
    figures = count(show, shift)
    if trouble:
        figures |= {"clones": len(show.clones), "regranted_while_done": len(trouble.regranted)}
    clean = figures["facts_lost"] == figures["facts_doubled"] == figures["labels_twice"] == 0
    exact = figures["wrong_items_in_parcels"] == figures["stock_difference"] == figures["double_assignments"] == 0
    left = figures["shipped"] + figures["short_shipped"] + figures["cancelled"]
    figures["ok"] = bool(
        not problem[0] and clean and exact and left == options.orders and not figures["invariants"]["broken"]
    )
    if problem[0]:
        figures["problem"] = str(problem[0]) or repr(problem[0])
    return figures


def _ending(show: Show, shift: Shift, quiet: Callable[[], bool]) -> Acting:
    """Calls the shift off when every order has left and nobody has anything to put right, or when somebody elsewhere is stuck."""
    world = shift.world
    yield Until(lambda: show.problem() or (everything_left(show, shift) and quiet()), "the last parcel", 3600)
    calm_since = time.monotonic()
    while not show.problem() and time.monotonic() - calm_since < _CALM_S:
        if not (show.drained() and show.nothing_to_read()):
            calm_since = time.monotonic()
        yield pause(0.1)
    world.add("over")
    if problem := show.problem():
        raise RuntimeError(problem)


def _drain(show: Show) -> Acting:
    """The shift is over when the OMS knows all of it."""
    yield Until(show.drained, "every fact to be at the OMS", 60)


def _photographs(show: Show, folder: Path) -> Acting:
    """A picture of every window whenever it shows something new, at most a few of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    while True:
        for client in show.clients():
            view = client.shell.service_view()
            step = getattr(view, "step", "")
            name = f"{client.place.name}-{client.shell.screen_name()}-{step}".replace(" ", "-").strip("-").lower()
            if name not in taken:
                taken.add(name)
                client.shell.grab().save(str(folder / f"{name}.png"))
        moment = time.monotonic()
        yield Until(lambda since=moment: time.monotonic() - since > 0.03, "the next picture")  # type: ignore[misc]


def _visit(show: Show, app: QApplication, options: argparse.Namespace, tell: Tell) -> dict[str, Any]:
    """A visitor's hands: windows and panel stay until the panel is closed; the released orders wait on the handheld."""
    shift = show.shift(options.orders, options.seed)
    panel = open_panel(show)
    stage = Stage(lambda error: tell(str(error)) if error else show.desk.shell.hide(), show.describe)
    stage.enter("the supervisor", supervisor(WedgeSeat(show.desk), BADGES["supervisor"], shift))
    stage.start()
    tell("scan and weigh with the panel; close it to end the demonstration")
    watch = QTimer()
    watch.timeout.connect(lambda: app.quit() if not panel.isVisible() else None)
    watch.start(300)
    app.exec()
    figures = count(show, shift)
    figures["ok"] = not figures["invariants"]["broken"]
    return figures


def open_panel(show: Show) -> Panel:
    """Sets handheld and station side by side, and the panel below them where there is room."""
    at_handheld, at_station, _ = show.seats()
    assert at_handheld is not None
    assert show.handheld is not None
    panel = Panel(Hands(show.world, at_handheld, at_station, show.devices, BADGES))
    show.handheld.shell.move(20, 40)
    show.station.shell.move(520, 40)
    panel.show()
    room = panel.screen().availableGeometry()
    panel.move(20, min(860, room.bottom() - panel.height()))
    return panel


def _draw_labels(show: Show, folder: Path) -> int:
    """Keeps the labels that came out as ZPL and, where a renderer is installed (development only), as PNG; how many PNGs."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = show.devices.came_out()
    for path in labels:
        shutil.copy(path, folder)
    try:
        from tools.labels.decode import render_zpl
    except ImportError:
        return 0
    for path in labels:
        (folder / path.name).with_suffix(".png").write_bytes(render_zpl(path.read_bytes(), "zplkit"))
    return len(labels)
