"""Labels: what is on them in millimetres (`model`), how a shop writes them down (`templates`, `template_file`), and how they become the
bytes of a printer language (`build`). Called by the client's services through the bootstrap, and by tools.

Texts may hold anything; contents of bar codes are checked, with ValueError in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.codecs.printers.cpcl import CPCL
from devices.codecs.printers.epl2 import EPL2
from devices.codecs.printers.escpos import ESCPOS
from devices.codecs.printers.page import Language
from devices.codecs.printers.sbpl import SBPL
from devices.codecs.printers.tspl import TSPL
from devices.codecs.printers.zpl import ZPL
from devices.labels.layout import Pen, lay_out
from devices.labels.model import Barcode, Box, Label, Side, Symbology, Text

#: The languages we write, by the names that the drivers go by.
WRITERS: dict[str, Language] = {language.name: language for language in (ZPL, EPL2, TSPL, ESCPOS, CPCL, SBPL)}

RESOLUTIONS = (6, 8, 12, 24)


@dataclass(frozen=True, slots=True)
class Built:
    """A label for one printer. `changed` are the texts that the printer's fonts could not print as they are: they are spelt otherwise
    (see `spelling`), and whoever asked for the label should know."""

    payload: bytes
    changed: tuple[str, ...] = ()


def build(label: Label, language: str = "zpl", dpmm: int = 8, pen: Pen | None = None) -> Built:
    """The label as one complete job in this language. `dpmm` is 6, 8, 12 or 24; `pen` draws what the fonts lack.

    Raises ValueError in words for an unknown language, a resolution that it does not have, and everything that `lay_out` refuses.
    """
    writer = WRITERS.get(language)
    if writer is None:
        raise ValueError(f"{language!r} is no language that labels are written in ({', '.join(WRITERS)})")
    if dpmm not in RESOLUTIONS:
        raise ValueError(f"a printer has 6, 8, 12 or 24 dots/mm, not {dpmm}")
    page = lay_out(label, dpmm, writer.fonts(dpmm), pen)
    return Built(writer.write(page), page.changed)


def test_label(printer: str, dpmm: int = 8, language: str = "zpl") -> bytes:  # noqa: PT028 - a label, not a test
    """Proof that the right printer prints straight and readable: name, frame and a code to scan. Not a template: it must come out even
    where a shop's templates are broken."""
    label = Label(
        76.0,
        50.0,
        (
            Box(2, 2, 72, 44),
            Text(5, 5, 66, 7, (printer,), smallest=3),
            Barcode(Symbology.CODE_128, 5, 16, 66, 26, "FLOORHAND-TEST", module=0.33, caption=4, side=Side.CENTRE),
        ),
    )
    return build(label, language, dpmm).payload
