"""What our labels look like: shipping, badge, tote, bin and test label, as ZPL. Called by the client's services through the bootstrap.

Sizes are millimetres, weights grams. Texts may hold anything; only codes are checked, with ValueError.
The foot (3 mm) of every label stays free: the print queue puts the job id there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.codecs import gtin
from devices.codecs.printers.zpl import LabelWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPING_SIZE_MM = (101.6, 152.4)
BADGE_SIZE_MM = (85.0, 54.0)
TOTE_SIZE_MM = (101.6, 50.8)
BIN_SIZE_MM = (101.6, 50.8)


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """One parcel's label: who gets it, who carries it, and the SSCC that says which parcel it is."""

    sscc: str
    order: str
    carrier: str
    service: str
    tracking: str
    ship_to: Sequence[str]
    ship_from: Sequence[str]
    weight_g: int
    parcel: str = "1/1"
    dpmm: int = 8

    def zpl(self) -> bytes:
        """The format. ValueError if the SSCC is not 18 digits with a right check digit."""
        if not gtin.is_sscc(self.sscc):
            raise ValueError(f"{self.sscc!r} is not an SSCC")
        label = LabelWriter(*SHIPPING_SIZE_MM, self.dpmm)
        self._head(label)
        self._addresses(label)
        self._order(label)
        label.line(103)
        label.gs1_128(8, 107, 32, [("00", self.sscc)], module=0.5)
        label.text(8, 141, 5, f"(00) {self.sscc}")
        return label.render()

    def _head(self, label: LabelWriter) -> None:
        label.text(4, 4, 7, self.carrier, width=60)
        label.text(4, 12, 5, self.service, width=60)
        label.text(66, 4, 7, self.parcel, width=32)
        label.text(66, 12, 5, f"{self.weight_g // 1000}.{self.weight_g % 1000:03d} kg", width=32)
        label.line(19)

    def _addresses(self, label: LabelWriter) -> None:
        for index, line in enumerate(list(self.ship_from)[:4]):
            label.text(4, 21.5 + index * 4, 3, line)
        label.line(38.5)
        for index, line in enumerate(list(self.ship_to)[:5]):
            label.text(4, 41 + index * 7, 6 if index == 0 else 5.2, line)
        label.line(77)

    def _order(self, label: LabelWriter) -> None:
        label.text(4, 80, 4, "Order", width=55)
        label.text(4, 85, 6, self.order, width=60)
        label.text(4, 94, 4, self.tracking, width=60)
        label.qr(72, 79, self.order, magnification=6)


def badge_label(name: str, badge: str, role: str = "", dpmm: int = 8) -> bytes:
    """A person's badge: name, role and the code to sign in with."""
    label = LabelWriter(*BADGE_SIZE_MM, dpmm)
    label.text(5, 5, 8, name)
    label.text(5, 15, 4.5, role)
    label.code128(5, 22, 18, badge)
    return label.render()


def tote_label(tote: str, dpmm: int = 8) -> bytes:
    """A tote's licence plate."""
    label = LabelWriter(*TOTE_SIZE_MM, dpmm)
    label.text(6, 4, 9, tote)
    label.code128(6, 16, 22, tote)
    return label.render()


def bin_label(bin_code: str, zone: str = "", dpmm: int = 8) -> bytes:
    """A bin's label on the shelf: big enough to read from the trolley."""
    label = LabelWriter(*BIN_SIZE_MM, dpmm)
    label.text(6, 4, 11, bin_code, width=70)
    label.text(78, 5, 6, zone, width=20)
    label.code128(6, 18, 20, bin_code)
    return label.render()


def test_label(printer: str, dpmm: int = 8) -> bytes:  # noqa: PT028 - a label, not a test
    """Proof that the right printer prints straight and readable: name, rule and a code to scan."""
    label = LabelWriter(*TOTE_SIZE_MM, dpmm)
    label.text(6, 4, 7, printer)
    label.line(13)
    label.code128(6, 17, 20, "FLOORHAND-TEST")
    return label.render()
