"""One filled-in label of every template and every turn it can take, with what a scanner must read on it. For tests and `show`."""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.labels.templates import Value


@dataclass(frozen=True)
class Sample:
    """Values for a template, and the (AIM identifier, data) of each code on it."""

    template: str
    values: Mapping[str, Value]
    codes: tuple[tuple[str, bytes], ...]


_SHIP = {
    "sscc": "095012345678901237",
    "order": "SO-2026-000117",
    "carrier": "DHL",
    "service": "Paket",
    "tracking": "JD0146000123456789",
    "parcel": "1/2",
    "weight": "1.234 kg",
    "ship_to": ("Åse Ørsted-Łukasz", "Havnegade 1, 3. sal tv", "DK-2100 København Ø", "Danmark"),
    "ship_from": ("Floorhand warehouse", "Dock 3, Industriweg 12", "3542 AD Utrecht", "Nederland"),
}
_LONG = {
    "order": "B2B-WEBSHOP-NORTH-2026-11-000117/A-2",
    "carrier": "PostNord Logistics Group Danmark A/S",
    "service": "MyPack Collect with age verification",
    "tracking": "00370730254738290012345678",
    "ship_to": (
        "Prof. dr. Willemijn van der IJssel-Ørsted",
        "Handelsgesellschaft für Straßenbau mbH & Co. KG",
        "Große-Friedrich-Wilhelm-Straße 117b",
        'Hinterhaus "Süd", 3. Étage, c/o Müller',
        "DE-10117 Berlin-Charlottenburg",
        "Deutschland ^XZ",
    ),
}
_SSCC = (("]C1", b"00095012345678901237"),)
_PALLET = {"sscc": "095012345678901237", "company": "Floorhand Foods B.V.", "name": "Stroopwafels, 8 x 315 g"}
_PRODUCT = {"name": "Stroopwafels, roomboter, 8 x 315 g", "sku": "SKU-100234", "gtin": "09501101530003"}

_GOODS = {
    "name": "Stroopwafels, roomboter, 8 x 315 g", "sku": "SKU-100234", "count": "48", "day": "2026-11-23", "order": "PO-MAIN-00017",
    "place": "A-01-02-3",
}  # fmt: skip
_TRACED = {"lot": "LOT-7", "expiry": "2026-12-31", "lot_code": "LOT-7", "expiry_code": "261231"}

LABELS = {
    "shipping": Sample("shipping", _SHIP, (*_SSCC, ("]Q1", b"SO-2026-000117"))),
    "shipping-long": Sample("shipping", _SHIP | _LONG, (*_SSCC, ("]Q1", b"B2B-WEBSHOP-NORTH-2026-11-000117/A-2"))),
    "shipping-bare": Sample(
        "shipping",
        {name: _SHIP[name] for name in ("sscc", "order", "carrier", "ship_to", "ship_from")},
        (*_SSCC, ("]Q1", b"SO-2026-000117")),
    ),
    "sscc": Sample("sscc", _PALLET, _SSCC),
    "sscc-content": Sample(
        "sscc",
        _PALLET
        | {
            "gtin": "09501101530003",
            "count": "24",
            "best_before": "2026-12-31",
            "best_before_code": "261231",
            "lot": "LOT-7",
        },
        (*_SSCC, ("]C1", b"0209501101530003152612313724\x1d10LOT-7")),
    ),
    "tote": Sample("tote", {"tote": "TOTE-0815"}, (("]C0", b"TOTE-0815"),)),
    "bin": Sample("bin", {"bin": "A-01-02-3", "zone": "Zone A"}, (("]C0", b"A-01-02-3"),)),
    "bin-zoneless": Sample("bin", {"bin": "MEZZ-2-117-04-C"}, (("]C0", b"MEZZ-2-117-04-C"),)),
    "badge": Sample("badge", {"name": "Jørgen Müller", "badge": "FHB-0042", "role": "Picker"}, (("]C0", b"FHB-0042"),)),
    "badge-long": Sample(
        "badge", {"name": "Maximiliana Østergård-Wojciechowska", "badge": "FHB-000042-7"}, (("]C0", b"FHB-000042-7"),)
    ),
    "product": Sample("product", _PRODUCT, (("]E0", b"9501101530003"),)),
    "product-traced": Sample(
        "product",
        _PRODUCT | {"lot": "LOT-7", "serial": "A17", "best_before": "2026-12-31", "best_before_code": "261231"},
        (("]d2", b"01095011015300031726123110LOT-7\x1d21A17"),),
    ),
    "goods": Sample(
        "goods",
        _GOODS | _TRACED | {"content": "09501101530003", "count_code": "48"},
        (("]d2", b"0209501101530003172612313748\x1d10LOT-7"),),
    ),
    "goods-unit": Sample(
        "goods",
        _GOODS | _TRACED | {"count": "1", "gtin": "09501101530003", "place": ""},
        (("]d2", b"01095011015300031726123110LOT-7"),),
    ),
    "goods-own": Sample("goods", _GOODS | {"bars": "SKU-100234", "order": ""}, (("]C0", b"SKU-100234"),)),
    "goods-long": Sample(
        "goods",
        _GOODS | {"sku": "STROOPWAFEL-ROOMBOTER-8X315", "square": "STROOPWAFEL-ROOMBOTER-8X315"},
        (("]Q1", b"STROOPWAFEL-ROOMBOTER-8X315"),),
    ),
}
