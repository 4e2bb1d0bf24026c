"""An order as its supplier gets it: PDF, CSV, and EDIFACT ORDERS (D.96A, characters written by `pydifact`). Pure but for `load`."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pydifact.control.characters import Characters
from pydifact.segments import Segment
from pydifact.serializer import Serializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Item, ItemCode, Site
from oms.documents import data, load, papers
from oms.documents.formats import language_of
from oms.finance.sheets import plain
from oms.purchasing.models import PurchaseLine, PurchaseOrder, Supplier

#: File -> its media type.
FILES: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "edi": "application/edifact"}


class Paper:
    """What is on the papers of one order. `codes` are GTINs by item, `gln` is the site's."""

    def __init__(
        self, order: PurchaseOrder, supplier: Supplier, paper: data.PurchasePaper, codes: dict[str, str], gln: str
    ) -> None:
        self.order, self.supplier, self.paper, self.codes, self.gln = order, supplier, paper, codes, gln

    def file(self, kind: str) -> bytes:
        """The file of one kind of `FILES`."""
        if kind == "pdf":
            return papers.pdf(self.paper, language_of(self.supplier.language, self.supplier.country))
        return self._csv() if kind == "csv" else self._edifact()

    def _csv(self) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(("order", "line", "your_item", "our_item", "name", "units", "price", "currency", "wanted"))
        for n, line in enumerate(self.paper.lines, 1):
            row = (plain(line.their_sku), plain(line.sku), plain(line.name), line.qty, f"{line.price:f}")
            writer.writerow((self.paper.number, n, *row, self.paper.currency, self.paper.wanted.isoformat()))
        # With a mark, or spreadsheets take it for another character set.
        return out.getvalue().encode("utf-8-sig")

    def _edifact(self) -> bytes:
        made = (self.order.sent_at or self.order.made_at).astimezone(UTC)
        inside = list(self._segments(made))
        ref = self.order.number[-14:]
        whole = [
            Segment("UNB", ["UNOW", "3"], [self.gln or "FLOORHAND", "14" if self.gln else ""],
                    [self.supplier.gln or self.supplier.code, "14" if self.supplier.gln else ""],
                    [made.strftime("%y%m%d"), made.strftime("%H%M")], ref),
            Segment("UNH", "1", ["ORDERS", "D", "96A", "UN", "EAN008"]),
            *inside,
            Segment("UNT", str(len(inside) + 2), "1"),
            Segment("UNZ", "1", ref),
        ]  # fmt: skip
        return Serializer(Characters()).serialize(whole, with_una_header=True, break_lines=True).encode()  # type: ignore[no-untyped-call]

    def _segments(self, made: datetime) -> Iterator[Segment]:
        paper = self.paper
        yield Segment("BGM", "220", paper.number, "9")
        yield Segment("DTM", ["137", made.strftime("%Y%m%d"), "102"])
        yield Segment("DTM", ["2", paper.wanted.strftime("%Y%m%d"), "102"])
        if paper.note:
            yield Segment("FTX", "AAI", "", "", _cut(paper.note, 350))
        yield self._party("BY", self.gln, paper.shop.party, paper.our_number)
        yield self._party("SU", self.supplier.gln, paper.supplier, self.supplier.code)
        yield self._party("DP", self.gln, paper.shop.party, "")
        yield Segment("CUX", ["2", paper.currency, "9"])
        for n, line in enumerate(paper.lines, 1):
            gtin = self.codes.get(line.sku, "")
            yield Segment("LIN", str(n), "", [gtin, "SRV"] if gtin else "")
            if line.their_sku:
                yield Segment("PIA", "5", [_cut(line.their_sku, 35), "SA"])
            yield Segment("PIA", "1", [_cut(line.sku, 35), "IN"])
            yield Segment("IMD", "F", "", ["", "", "", _cut(line.name, 35)])
            yield Segment("QTY", ["21", str(line.qty), "PCE"])
            yield Segment("PRI", ["AAA", f"{line.price:f}"])
        yield Segment("UNS", "S")
        yield Segment("MOA", ["86", f"{paper.total:f}"])
        yield Segment("CNT", ["2", str(len(paper.lines))])

    def _party(self, kind: str, gln: str, party: data.Party, number: str) -> Segment:
        whose = [gln, "", "9"] if gln else [number] if number else ""
        name, *rest = [_cut(line, 35) for line in party.lines] or [""]
        return Segment("NAD", kind, whose, "", name, rest[:3] or "", "", "", "", party.country)


def load_paper(db: Session, site: str, number: str) -> Paper | None:
    """What is on the papers of an order of the site; None: there is none."""
    order = db.get(PurchaseOrder, number)
    if order is None or order.site_id != site:
        return None
    supplier = db.get_one(Supplier, order.supplier)
    mine = select(PurchaseLine).where(PurchaseLine.order_no == number).order_by(PurchaseLine.line_no)
    lines = db.scalars(mine).all()
    skus = [line.sku for line in lines]
    named = select(Item.sku, Item.name).where(Item.site_id == site, Item.sku.in_(skus))
    names = {row.sku: row.name for row in db.execute(named)}
    codes = select(ItemCode.sku, ItemCode.code).where(
        ItemCode.site_id == site, ItemCode.sku.in_(skus), ItemCode.qty == 1
    )
    gtins = {sku: code for sku, code in db.execute(codes.order_by(ItemCode.code.desc())) if code.isdigit()}
    shop = load.shop(db, site)
    paper = data.PurchasePaper(
        shop=shop, supplier=data.Party((supplier.name, *supplier.address), supplier.country), number=number,
        day=(order.sent_at or order.made_at).date(), wanted=max((line.day for line in lines), default=order.made_at.date()),
        currency=order.currency, our_number=supplier.our_number, note=order.note, lines=_lines(lines, names),
    )  # fmt: skip
    words = db.get_one(Site, site).paper_words
    return Paper(order, supplier, paper, gtins, str(words.get("gln", "")))


def _lines(lines: Sequence[PurchaseLine], names: dict[str, str]) -> tuple[data.BuyLine, ...]:
    return tuple(
        data.BuyLine(line.sku, line.their_sku, names.get(line.sku, line.sku), line.qty, _short(line.price))
        for line in lines
    )


def _short(price: Decimal) -> Decimal:
    """With two places, or as many more as it has."""
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()


def _cut(text: str, most: int) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
