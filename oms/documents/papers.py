"""From values to a PDF: which layout draws which paper, and on what size it is printed when nobody says. Called by the API and tests."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from oms.documents.blocks import flat
from oms.documents.data import (
    Customs,
    HandOver,
    Invoice,
    PackingSlip,
    PalletList,
    Paper,
    PickList,
    PurchasePaper,
    ReturnLabel,
    ReturnPaper,
    ReturnSlip,
    SalesInvoice,
)
from oms.documents.engine import Flowable
from oms.documents.layouts import (
    customs,
    hand_over,
    invoice,
    packing_slip,
    pallet_list,
    pick_list,
    purchase_order,
    return_label,
    return_paper,
    return_slip,
    sales_invoice,
)
from oms.documents.page import SIZES, Sheet, write

_Layout = tuple[Callable[[Any, Sheet], str], Callable[[Any, Sheet], Iterator[Flowable]]]

_LAYOUTS: Final[dict[type[Any], _Layout]] = {
    PackingSlip: (packing_slip.title, packing_slip.parts),
    PickList: (pick_list.title, pick_list.parts),
    Invoice: (invoice.title, invoice.parts),
    SalesInvoice: (sales_invoice.title, sales_invoice.parts),
    PurchasePaper: (purchase_order.title, purchase_order.parts),
    ReturnLabel: (return_label.title, return_label.parts),
    ReturnPaper: (return_paper.title, return_paper.parts),
    ReturnSlip: (return_slip.title, return_slip.parts),
    Customs: (customs.title, customs.parts),
    PalletList: (pallet_list.title, pallet_list.parts),
    HandOver: (hand_over.title, hand_over.parts),
}


def pdf(paper: Paper, language: str, size: str = "A4") -> bytes:
    """The paper as PDF, in one of `formats.LANGUAGES`, on `A4` or `A6`. The same values give the same bytes."""
    if size not in SIZES:
        raise ValueError(f"no such size of paper: {size!r}")
    sheet = Sheet(size, language)
    title, parts = _LAYOUTS[type(paper)]
    said = title(paper, sheet)
    # A paper that has a number of its own is called by it, not by the order it is of.
    number = getattr(paper, "number", "") or getattr(paper, "order", "") or getattr(paper, "sscc", "")
    foot = " · ".join(flat(part, 60) for part in (said, number, *paper.shop.party.lines[:1]) if part)
    return write(sheet, flat(f"{said} {number}", 100), foot, parts(paper, sheet))
