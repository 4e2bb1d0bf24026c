"""The one door to the PDF library, which comes without types: everything of it that papers use, by the names they use."""

import reportlab  # type: ignore[import-untyped]
from reportlab.graphics.barcode.code128 import Code128  # type: ignore[import-untyped]
from reportlab.graphics.barcode.qr import QrCode  # type: ignore[import-untyped]
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.fonts import addMapping  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, A6  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfdoc, pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

__all__ = [
    "A4",
    "A6",
    "TA_RIGHT",
    "BaseDocTemplate",
    "Canvas",
    "Code128",
    "Flowable",
    "Frame",
    "HexColor",
    "KeepTogether",
    "PageTemplate",
    "Paragraph",
    "ParagraphStyle",
    "QrCode",
    "Spacer",
    "TTFont",
    "Table",
    "TableStyle",
    "addMapping",
    "mm",
    "pdfdoc",
    "pdfmetrics",
    "reportlab",
]
