"""The letters of papers, embedded in each: DejaVu Sans where the machine has it (every name in Latin, Greek and Cyrillic letters), else the
Vera that comes with the PDF library (western Europe)."""

from functools import cache
from pathlib import Path
from typing import Final

from oms.documents.engine import TTFont, addMapping, pdfmetrics, reportlab

NORMAL: Final = "Paper"
BOLD: Final = "Paper-Bold"

_SYSTEM: Final = Path("/usr/share/fonts/truetype/dejavu")
_OWN: Final = Path(reportlab.__file__).parent / "fonts"
_PAIRS: Final = (
    (_SYSTEM / "DejaVuSans.ttf", _SYSTEM / "DejaVuSans-Bold.ttf"),
    (_OWN / "Vera.ttf", _OWN / "VeraBd.ttf"),
)


@cache
def register() -> None:
    """Makes both faces known to the PDF library, once a process."""
    normal, bold = next(pair for pair in _PAIRS if all(path.exists() for path in pair))
    pdfmetrics.registerFont(TTFont(NORMAL, normal))
    pdfmetrics.registerFont(TTFont(BOLD, bold))
    for face, is_bold in ((NORMAL, 0), (BOLD, 1)):
        for italic in (0, 1):
            addMapping(NORMAL, is_bold, italic, face)
