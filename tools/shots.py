"""Pictures of every screen in its important states, from the real views: `python -m tools.shots [OUT] [--only TEXT] [--all]`.

Goes into `docs/screenshots/` unless told otherwise: each moment as most people see it, dark on a handheld and light at a desk. `--all`
takes both sizes, both themes, 100 and 200 %, English and German, to be looked at. `tests/ui/test_ui_fit.py` measures the same moments.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.core.messages import Cue
from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import NoticeCard
from app.screens.devices.port import DeskView, Finding, ScanFacts
from app.screens.plans.map import FloorMap
from app.screens.preferences import Preferences
from app.ui.application import UiServices, Workers, assemble
from app.ui.bridge import Bridge
from app.ui.shell import Shell
from tools import shots_papers
from tools.shots_buying import CannedBuying
from tools.shots_data import MOMENTS, Moment
from tools.shots_devices import DeskMoment
from tools.shots_entry import CannedEntry
from tools.shots_floor import CannedFloor
from tools.shots_handover import CannedHandOver
from tools.shots_load import CannedManifests
from tools.shots_planning import CannedPlans, PlansMoment
from tools.shots_reports import CannedReports
from tools.shots_returns_desk import CannedReturnsDesk
from tools.shots_workbench import CannedWorkbench

T = TypeVar("T")

SIZES = {"handheld": (480, 800), "desk": (1280, 800), "narrow": (320, 480)}
#: Moments that are also shown in high contrast, in large letters and on the smallest screen.
CHOSEN = ("pick", "pick-wrong-item", "pack", "orders", "signin", "devices", "devices-printer-faulty", "devices-scale")

#: Moments that are also shown in German, which is a third longer, as most people will see them.
IN_GERMAN = ("devices", "devices-new", "devices-faulty", "devices-no-rights")
#: Moments that are also shown in all languages: words of theirs come from the centre.
IN_ALL = ("reports", "reports-figure", "returns-desk-odd", "buying-late")


class Canned:
    """Services that give one and the same answer to whatever is asked."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_args: Outcome("", self.moment.view, self.moment.message)

    def waiting(self) -> tuple[NoticeCard, ...]:
        """As `Notices`."""
        return (NoticeCard(1, self.moment.notice),) if self.moment.notice else ()

    def arrived(self) -> None:
        """As `Zone`: no tote comes while a picture is taken."""

    def servers(self) -> tuple[str, ...]:
        """As `Pairing`."""
        return self.moment.servers


class CannedDesk:
    """Devices that stand as the moment says, whatever is done to them."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned

    def view(self) -> DeskView:
        """See the port."""
        return self._moment.view

    def read(self, _text: str, _symbology: str | None, _device: str) -> ScanFacts:
        """See the port."""
        return self._moment.scan

    def check(self) -> tuple[Finding, ...]:
        """See the port."""
        return self._moment.findings

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None

    @property
    def _moment(self) -> DeskMoment:
        moment = self._canned.moment.view
        return moment if isinstance(moment, DeskMoment) else DeskMoment()


class AtOnce:
    """A worker that does its jobs on the spot."""

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Does it."""
        done(job())


class NoSound:
    """Silence."""

    available = False

    def play(self, cue: Cue) -> None:
        """Nothing is heard."""

    def set_volume(self, volume: int) -> None:
        """Nothing is heard at any volume."""

    def stop(self) -> None:
        """There is nothing to end."""


class SystemClock:
    """The time of the machine that draws."""

    def mono(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wall_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def boot_id(self) -> str:
        """Any name will do."""
        return "shots"


class Kept:
    """Preferences in memory."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def load(self) -> Preferences:
        """As chosen."""
        return self._preferences

    def save(self, preferences: Preferences) -> None:
        """Kept until the next choice."""
        self._preferences = preferences


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to take."""

    moment: Moment
    size: str
    preferences: Preferences

    @property
    def file(self) -> str:
        """`handheld-pick-dark.png`; language and text size only where they are not the usual ones."""
        chosen = self.preferences
        parts = [self.size, self.moment.name, chosen.theme]
        parts += [chosen.language] if chosen.language != "en" else []
        parts += [f"{chosen.text_size}"] if chosen.text_size != 100 else []
        return "-".join(parts) + ".png"


class Gallery:
    """One window that can be put into any moment, size and look. Building it costs more than a hundred pictures of it."""

    def __init__(self) -> None:
        self._canned: Any = Canned(MOMENTS[0])
        canned = self._canned
        desk: Any = CannedDesk(canned)
        services = UiServices(
            canned,
            canned,
            canned,
            canned,
            canned,
            canned,
            canned,
            desk,
            floor=CannedFloor(canned),
            plans=CannedPlans(canned),
            reports=CannedReports(canned),
            hand_over=CannedHandOver(canned),
            wall=canned,
            zone=canned,
            tasks=canned,
            load=canned,
            manifests=CannedManifests(canned),
            pickup=canned,
            returns=canned,
            receive=canned,
            workbench=CannedWorkbench(canned),
            returns_desk=CannedReturnsDesk(canned),
            buying=CannedBuying(canned),
            entry=CannedEntry(canned),
        )
        self._clock = SystemClock()
        self._looks: Preferences | None = None
        about = (("version", "floorhand 0.1.0"), ("station", "Bench 3"))
        workers = Workers(AtOnce(), AtOnce())
        self.shell = assemble(services, Kept(Preferences()), self._clock, Bridge(), workers, NoSound(), about=about)
        self.shell.begin("", lambda: None, Preferences())
        self._plans: Any = self.shell._presenters["plans"]

    def finish(self) -> None:
        """Waits until the map, which is drawn in slices, is whole."""
        for floor in self.shell.findChildren(FloorMap):
            while floor.busy:
                QCoreApplication.processEvents()

    def show(self, moment: Moment, size: str, preferences: Preferences) -> Shell:
        """The window, standing at this moment."""
        shell = self.shell
        # Without a running event loop nobody else takes away what has been thrown away.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        shell.set_person(None)
        self._canned.moment = moment
        shell.person = moment.person
        shell.resize(*SIZES[size])
        if preferences != self._looks or shell.locked:
            shell.use(preferences)
            self._looks = preferences
        shell.show()
        if isinstance(moment.view, PlansMoment):
            self._plans.of_wave(moment.view.wave)
        shell.go(moment.screen)
        shell.on_devices(moment.devices)
        shell.on_link(moment.link)
        shell.chrome.toast.hide()
        assert shell.notices is not None
        shell.notices.look()
        if moment.weight is not None:
            shell.on_weight(moment.weight)
        for act in moment.acts:
            shell.press(act)
        if moment.scanned:
            shell.on_scan(ScanInput("any", self._clock.mono(), device=moment.scanned))
            shell.chrome.toast.hide()
        if moment.toast is not None:
            shell.say(moment.toast)
        return shell


def all_shots() -> Iterator[Shot]:
    """Every moment in every look, those of one look together: changing it costs more than the picture."""
    for size, theme, language, text_size in product(("handheld", "desk"), ("dark", "light"), ("en", "de"), (100, 200)):
        for moment in MOMENTS:
            yield Shot(moment, size, Preferences(theme=theme, language=language, text_size=text_size))


def shots() -> Iterator[Shot]:
    """The pictures of the documents."""
    for moment in MOMENTS:
        yield Shot(moment, "handheld", Preferences(theme="dark"))
        yield Shot(moment, "desk", Preferences(theme="light"))
        if moment.name in IN_GERMAN:
            yield Shot(moment, "handheld", Preferences(theme="light", language="de"))
            yield Shot(moment, "desk", Preferences(theme="dark", language="de"))
        if moment.name in IN_ALL:
            for language in ("nl", "de", "da"):
                yield Shot(moment, "handheld", Preferences(theme="dark", language=language))
                yield Shot(moment, "desk", Preferences(theme="light", language=language))
        if moment.name in CHOSEN:
            yield Shot(moment, "handheld", Preferences(theme="contrast"))
            yield Shot(moment, "desk", Preferences(theme="contrast"))
            yield Shot(moment, "handheld", Preferences(theme="dark", language="de", text_size=200))
            yield Shot(moment, "narrow", Preferences(theme="dark", language="de"))


def keep(shell: Shell, path: Path) -> None:
    """Writes the window as a PNG of 256 colours: our screens are flat, and the pictures live in the repository."""
    image = shell.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    raw = Image.frombuffer("RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1)
    raw.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main(arguments: list[str] | None = None) -> int:
    """Takes the pictures; exit status 0."""
    parser = argparse.ArgumentParser(prog="tools.shots", description=(__doc__ or "").splitlines()[0])
    default = Path(__file__).parent.parent / "docs" / "screenshots"
    parser.add_argument("out", nargs="?", type=Path, default=default)
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    parser.add_argument(
        "--all", action="store_true", help="every moment in both sizes and themes, two text sizes, two languages"
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    gallery = Gallery()
    count = 0
    for shot in all_shots() if options.all else shots():
        if options.only in shot.file:
            shell = gallery.show(shot.moment, shot.size, shot.preferences)
            app.processEvents()
            gallery.finish()
            keep(shell, options.out / shot.file)
            count += 1
    gallery.shell.close()
    count += shots_papers.take(options.out, options.only)
    print(f"{count} pictures in {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
