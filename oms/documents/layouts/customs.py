"""The customs declaration CN 23 in the words of the Universal Postal Union, English and French in every country; numbers as there."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from oms.documents import blocks, formats
from oms.documents.data import Customs, CustomsLine
from oms.documents.engine import Flowable, mm
from oms.documents.page import Sheet

_KINDS: Final = {
    "gift": "Gift / Cadeau",
    "documents": "Documents",
    "sale": "Sale of goods / Vente de marchandises",
    "sample": "Commercial sample / Échantillon commercial",
    "returned": "Returned goods / Retour de marchandise",
    "other": "Other / Autre",
}
_CERTIFY: Final = (
    "I certify that the particulars given in this customs declaration are correct and that this item does not contain any dangerous "
    "article or articles prohibited by legislation or by postal or customs regulations. / Je certifie que les renseignements donnés dans "
    "la présente déclaration en douane sont exacts et que cet envoi ne contient aucun objet dangereux ou interdit."
)


def title(_paper: Customs, _sheet: Sheet) -> str:
    """What the paper is called."""
    return "CN 23"


def parts(paper: Customs, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom. May be opened officially, as the form must say."""
    head = "Customs declaration / Déclaration en douane CN 23"
    yield blocks.head(sheet, paper.shop, head, paper.number)
    yield blocks.words(sheet, f"No. {paper.number} · May be opened officially / Peut être ouvert d'office", "quiet")
    yield blocks.gap(2)
    yield blocks.addresses(sheet, ("From / De", paper.shop.party), ("To / À", paper.addressee))
    words = paper.shop.words
    yield blocks.facts(
        sheet,
        ("Sender's customs reference", words.get("eori", "")),
        ("Sender's phone", words.get("phone", "")),
        ("Addressee's phone", paper.phone),
        ("Order / Commande", paper.order),
        ("Category / Catégorie", _KINDS.get(paper.kind, _KINDS["other"])),
        ("Invoice / Facture", paper.invoice),
    )
    yield blocks.gap(2)
    yield _goods(paper, sheet)
    yield blocks.gap(2)
    yield blocks.facts(
        sheet,
        ("Total gross weight / Poids brut total", _kilograms(paper.grams)),
        ("Total value / Valeur totale", _value(sum((line.value for line in paper.lines), Decimal()), paper.currency)),
    )
    yield blocks.gap(3)
    yield blocks.together(
        blocks.words(sheet, _CERTIFY, "quiet", blocks.NOTE_LONGEST),
        blocks.gap(1),
        blocks.facts(sheet, ("Date", paper.day.isoformat())),
        blocks.words(sheet, "Sender's signature / Signature de l'expéditeur", "head"),
        blocks.Signature(min(sheet.width, 80 * mm), (9 if sheet.small else 16) * mm),
    )


def _goods(paper: Customs, sheet: Sheet) -> Flowable:
    if sheet.small:
        heads = ["Contents / Contenu", "Qty", "kg", "Value"]
        return blocks.table(
            sheet, heads, [_small(line, paper, sheet) for line in paper.lines], [4.4, 0.9, 1.3, 2.0], [1, 2, 3]
        )
    heads = ["Contents / Description du contenu", "Qty", "Net kg", "Value / Valeur", "HS tariff no.", "Origin"]
    rows = [[*_small(line, paper, sheet), *_whence(line, sheet)] for line in paper.lines]
    for row, line in zip(rows, paper.lines, strict=True):
        row[0] = blocks.words(sheet, line.description)
    return blocks.table(sheet, heads, rows, [4.2, 0.9, 1.4, 2.3, 1.9, 1.2], right=[1, 2, 3])


def _small(line: CustomsLine, paper: Customs, sheet: Sheet) -> list[object]:
    more = " · ".join(part for part in (line.hs_code and f"HS {line.hs_code}", line.origin) if part)
    return [
        blocks.goods(sheet, line.description, more),
        blocks.words(sheet, str(line.qty), "right"),
        blocks.words(sheet, formats.number(Decimal(line.grams) / 1000, "en", 3), "right"),
        blocks.words(sheet, _value(line.value, paper.currency), "right"),
    ]


def _whence(line: CustomsLine, sheet: Sheet) -> list[object]:
    return [blocks.words(sheet, line.hs_code), blocks.words(sheet, line.origin)]


def _kilograms(grams: int) -> str:
    return f"{formats.number(Decimal(grams) / 1000, 'en', 3)} kg"


def _value(value: Decimal, currency: str) -> str:
    return f"{formats.number(value, 'en', formats.places_of(currency))} {currency}"
