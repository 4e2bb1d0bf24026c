"""Pictures of papers in four languages, as they come out of the printer: `tools.shots` takes them with those of the screens."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image

from oms.documents.data import (
    BackLine,
    BuyLine,
    Paper,
    Party,
    PurchasePaper,
    ReturnLabel,
    ReturnPaper,
    SalesInvoice,
    SalesLine,
    Shop,
)
from oms.documents.formats import LANGUAGES
from oms.documents.papers import pdf

_DAY: Final = date(2026, 11, 23)
_DPI: Final = 80
_SHOP: Final = Shop(
    Party(("Huis & Haard B.V.", "Kade 12", "3011 AB Rotterdam"), "NL"),
    {
        "vat": "NL001234567B01",
        "phone": "+31 10 1234567",
        "email": "hallo@example.org",
        "bank": "NL91 ABNA 0417 1643 00",
    },
)
_ADA: Final = Party(("Ada Jansen", "Oudegracht 112", "3511 AX Utrecht"), "NL")
_SOLD: Final = (
    SalesLine("TEA-EG", "Earl Grey 250 g", 4, Decimal("0.09"), Decimal("32.84"), Decimal("2.96"), Decimal("35.80")),
    SalesLine("CUP-BL", "Cup, blue", 2, Decimal("0.21"), Decimal("15.70"), Decimal("3.30"), Decimal("19.00")),
    SalesLine("shipping", "", 1, Decimal("0.21"), Decimal("4.09"), Decimal("0.86"), Decimal("4.95")),
)
_INVOICE: Final = SalesInvoice(
    shop=_SHOP, bill_to=_ADA, number="INV-000117", order="N-104512", day=_DAY, due=date(2026, 12, 23), currency="EUR",
    tax_included=True, lines=_SOLD, vat_number="", purchase_order="PO-7781", reverse_charge=False, credits=None,
)  # fmt: skip
_CREDIT: Final = SalesInvoice(
    shop=_SHOP, bill_to=_ADA, number="CRN-000009", order="N-104512", day=_DAY, due=_DAY, currency="EUR", tax_included=True,
    lines=_SOLD[1:2], vat_number="", purchase_order="", reverse_charge=False, credits="INV-000117",
)  # fmt: skip
_RETURN: Final = ReturnPaper(
    shop=_SHOP, customer=_ADA, number="RMA-000042", code="FHR:RMA-000042", order="N-104512", day=_DAY, fee="€ 4,95",
    lines=(
        BackLine("TEA-EG", "Earl Grey 250 g", 2, "changed_mind"),
        BackLine("CUP-BL", "Cup, blue", 1, "damaged"),
    ),
)  # fmt: skip
_LABEL: Final = ReturnLabel(
    shop=_SHOP, customer=_ADA, number="RMA-000042", code="FHR:RMA-000042", carrier="POSTNL", service="RETURN",
    tracking="3SBACK0000079", grams=1200,
)  # fmt: skip
_BUY: Final = PurchasePaper(
    shop=_SHOP, supplier=Party(("Teahouse Ltd", "12 Dock Road", "London E16 1AA"), "GB"), number="PO-000231", day=_DAY,
    wanted=date(2026, 12, 4), currency="EUR", our_number="C-20417", note="Please deliver before noon.",
    lines=(
        BuyLine("TEA-EG", "EG250", "Earl Grey 250 g", 144, Decimal("3.1500")),
        BuyLine("CUP-BL", "C-114", "Cup, blue", 48, Decimal("4.0000")),
    ),
)  # fmt: skip
PAPERS: Final[dict[str, Paper]] = {
    "invoice": _INVOICE,
    "credit-note": _CREDIT,
    "return": _RETURN,
    "return-label": _LABEL,
    "purchase-order": _BUY,
}


#: Printed on labels.
_SIZES: Final = {"return-label": "A6"}


def names() -> Iterator[tuple[str, str]]:
    """(paper, language) of each picture."""
    return ((name, language) for name in PAPERS for language in LANGUAGES)


def picture(name: str, language: str) -> Image.Image:
    """Its first page, in as many greys as paper shows."""
    document = pypdfium2.PdfDocument(BytesIO(pdf(PAPERS[name], language, _SIZES.get(name, "A4"))))
    try:
        page = document[0]
        drawn: Image.Image = page.render(scale=_DPI / 72).to_pil().convert("L")
        page.close()
    finally:
        document.close()
    return drawn.quantize(32)


def take(out: Path, only: str = "") -> int:
    """Writes `paper-NAME-LANGUAGE.png`; how many."""
    count = 0
    for name, language in names():
        file = f"paper-{name}-{language}.png"
        if only in file:
            picture(name, language).save(out / file, optimize=True)
            count += 1
    return count
