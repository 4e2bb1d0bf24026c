"""`floorhand client`: reads settings and flags, then opens the one window of this place. Composition is in `bootstrap`."""

import argparse
import logging
import os
import platform
import signal
import sys
from pathlib import Path

from app.settings.load import FILE, load
from app.settings.options import HELP, BadOption, Options

_LOG = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def _parse(arguments: list[str]) -> tuple[Options, str | None, bool]:
    parser = argparse.ArgumentParser("floorhand client", description="The screens of one place of work.")
    for name, words in HELP.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=words)
    parser.add_argument("--pair", metavar="TEXT", help="pair with the centre first, by the text of a pairing code")
    parser.add_argument("--full-screen", action="store_true", help="no window frame: the screen belongs to Floorhand")
    given = vars(parser.parse_args(arguments))
    pairing, full = given.pop("pair"), given.pop("full_screen")
    flags = {name: text for name, text in given.items() if text is not None}
    try:
        where = load(Options().data / FILE, os.environ, flags).data
        return load(where / FILE, os.environ, flags), pairing, full
    except BadOption as bad:
        parser.error(str(bad))


def main(arguments: list[str]) -> int:
    """Runs until the window is closed. Exit status 2 for a bad option, 3 when the data folder cannot be used."""
    options, pairing, full_screen = _parse(arguments)
    logging.basicConfig(format=_LOG, level=logging.INFO, stream=sys.stderr)
    logging.getLogger("httpx2").setLevel(logging.WARNING)

    # In this order: the store before Qt (see bootstrap).
    from app.bootstrap import Client, Place, pair_place
    from app.core.storage import StorageTrouble
    from app.flows.duplicates import DuplicateRule
    from app.flows.resolve import Patterns
    from app.wiring.calm import keep_calm
    from app.wiring.preferences import SettingsPreferences
    from devices.wedge_profiles import profile_from

    from PySide6.QtCore import QTimer  # isort: skip
    from PySide6.QtWidgets import QApplication  # isort: skip

    try:
        profile_from(options.wedge_profile)
    except ValueError as bad:
        print(f"floorhand: wedge_profile: {bad}", file=sys.stderr)
        return 2
    usual = Patterns()
    name = options.station or platform.node() or "Handheld"
    place = Place(
        options.data,
        name,
        desk=options.layout == "desk",
        lane=options.lane or None,
        zone=options.zone or None,
        scanners=tuple((url, f"Scanner {n}") for n, url in enumerate(options.scanners, start=1)),
        scales=((options.scale, "Scale"),) if options.scale else (),
        printers=((options.printer, "Printer"),) if options.printer else (),
        camera=Path(options.camera_folder) if options.camera_folder else None,
        papers=((options.paper_printer, "Paper printer"),) if options.paper_printer else (),
        discover=True,
        wedge=options.wedge,
        wedge_profile=options.wedge_profile,
        lock_minutes=options.lock_minutes,
        patterns=Patterns(options.tote_pattern or usual.tote, options.badge_pattern or usual.badge),
        duplicates=DuplicateRule(options.same_device_ms, options.other_device_ms),
    )
    try:
        if pairing:
            pair_place(place, pairing)
        application = QApplication(sys.argv[:1])
        client = Client(place, SettingsPreferences(options, options.data / FILE))
    except StorageTrouble as trouble:
        print(f"floorhand: {trouble}", file=sys.stderr)
        return 3
    client.start()
    keep_calm()
    if full_screen:
        client.shell.showFullScreen()
    # Python only hears signals between its own instructions; the event loop must come by now and then.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: application.quit())
    heartbeat = QTimer()
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(200)
    status = application.exec()
    client.stop()
    return status
