"""The simulated devices of one pack station, each a process of its own that speaks real bytes, and what a hand does with them."""

import re
import time
from pathlib import Path
from typing import Any

from app.demo.processes import Command

#: The SSCC as our labels carry it: start C, FNC1, AI 00, 18 digits (`devices.labels`).
_SSCC = re.compile(rb">;>800(\d{18})")


class StationDevices:
    """A corded scanner, a scale and a label printer. `labels` is the folder into which labels come out, one `.zpl` file each."""

    def __init__(self, folder: Path) -> None:
        self.labels = folder / "labels"
        self.labels.mkdir(parents=True, exist_ok=True)
        log = folder / "devices.log"
        self._scanner = Command("The scanner", ["devices", "simulate", "scanner"], log)
        self._scale = Command("The scale", ["devices", "simulate", "scale"], log)
        self._printed: list[Path] = []
        printer = ["devices", "simulate", "printer", "--folder", str(self.labels)]
        self._printer = Command("The printer", printer, log, on_event=self._heard)
        self._on_scale = 0.0

    @property
    def scanner_url(self) -> str:
        """Where the scanner is plugged in."""
        return str(self._scanner.ready["url"])

    @property
    def scale_url(self) -> str:
        """Where the scale is plugged in."""
        return str(self._scale.ready["url"])

    @property
    def printer_url(self) -> str:
        """Where the printer listens."""
        return str(self._printer.ready["url"])

    def scan(self, text: str) -> None:
        """Pulls the trigger over a barcode."""
        self._scanner.send(f"scan {text}")

    def load(self, grams: float) -> None:
        """Puts so many grams on the scale; 0 takes everything off. What lies there already is not lifted again."""
        if grams != self._on_scale:
            self._on_scale = grams
            self._scale.send(f"load {grams:g}")

    def last_label_sscc(self, already: set[str]) -> str | None:
        """The SSCC on the newest label whose SSCC is not in `already`."""
        for path in reversed(self._printed):
            found = _SSCC.search(path.read_bytes())
            if found and (sscc := found[1].decode()) not in already:
                return sscc
        return None

    def came_out(self) -> list[Path]:
        """All labels that came out, in order."""
        return list(self._printed)

    def stop(self) -> None:
        """Unplugs everything."""
        for device in (self._scanner, self._scale, self._printer):
            device.stop(3)

    def _heard(self, event: dict[str, Any]) -> None:
        if event["event"] != "label":
            return
        path = self.labels / f"label-{event['number']:04d}.zpl"
        end = time.monotonic() + 2
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.005)
        self._printed.append(path)
