"""Renders the icons of the screens from QtAwesome's Material Design Icons into `resources/icons/*.svg`.

`python -m tools.make_icons`. Done ahead because importing QtAwesome costs a client 150 ms at every start, and the drawings 2 ms.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QGuiApplication, QPainterPath, QRawFont, QTransform

ICONS = {
    "scan": "barcode-scan",
    "check": "check-bold",
    "cross": "close-thick",
    "arrow": "arrow-right-bold",
    "plus": "plus-thick",
    "bars": "pause",
    "bang": "exclamation-thick",
    "octagon": "octagon",
    "triangle": "triangle",
    "circle": "circle",
    "info": "information-variant",
    "hand": "hand-back-right",
    "badge": "card-account-details-outline",
    "lock": "lock-outline",
    "person": "account",
    "dialpad": "dialpad",
    "keyboard": "keyboard-outline",
    "settings": "cog-outline",
    "pick": "basket-outline",
    "pack": "package-variant-closed",
    "orders": "clipboard-list-outline",
    "backspace": "backspace-outline",
    "help": "help-circle-outline",
    "leave": "logout",
    "undo": "undo-variant",
    "back": "arrow-left",
    "more": "dots-horizontal",
    "scale": "scale",
    "printer": "printer-outline",
    "away": "cloud-off-outline",
    "empty": "inbox-outline",
    "link": "link-variant",
    "lane": "map-marker-outline",
    "tote": "tray",
    "box": "package-variant",
    "skip": "skip-next-outline",
    "short": "tray-minus",
    "start": "play",
    "search": "magnify",
    "wall": "view-grid-outline",
    "zone": "map-outline",
    "truck": "truck-outline",
    "space": "keyboard-space",
    "tasks": "clipboard-check-multiple-outline",
    "chart": "chart-bar",
}
SIDE = 24


def outline(path: QPainterPath) -> str:
    """A painter path as SVG path data, two decimals."""
    words: list[str] = []
    i = 0
    while i < path.elementCount():
        element = path.elementAt(i)
        if element.isMoveTo():
            words.append(f"M{element.x:.2f} {element.y:.2f}")
        elif element.isLineTo():
            words.append(f"L{element.x:.2f} {element.y:.2f}")
        else:
            points = [path.elementAt(i + k) for k in range(3)]
            words.append("C" + " ".join(f"{p.x:.2f} {p.y:.2f}" for p in points))
            i += 2
        i += 1
    return "".join(words) + "Z"


def main() -> int:
    """Writes all icons; exit status 0."""
    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    import qtawesome

    fonts = Path(qtawesome.__file__).parent / "fonts"
    face = next(fonts.glob("materialdesignicons6-*.ttf"))
    charmap = json.loads(next(fonts.glob("materialdesignicons6-*charmap*.json")).read_text())
    raw = QRawFont(str(face), SIDE)
    out = Path(__file__).parent.parent / "resources" / "icons"
    for name, glyph in ICONS.items():
        (index,) = raw.glyphIndexesForString(chr(int(charmap[glyph], 16)))
        path = QTransform.fromTranslate(0, raw.ascent()).map(raw.pathForGlyph(index))
        data = outline(path)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}"><path fill="#000" d="{data}"/></svg>\n'
        (out / f"{name}.svg").write_text(svg)
    (out / "NOTICE").write_text(
        "Drawings from Material Design Icons by Pictogrammers (pictogrammers.com), Apache License 2.0,\n"
        "as shipped by QtAwesome; made by tools/make_icons.py.\n"
    )
    print(f"{len(ICONS)} icons in {out.name}/")
    del app
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
