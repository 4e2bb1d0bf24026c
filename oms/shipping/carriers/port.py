"""What the OMS asks of a carrier, whoever it is: rates, a label, void, manifest, track. `tables` and `http` answer it; the desk asks.

A purchase is named by a key that is written down before it is asked for, and the same key is the same purchase for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from sync.contract.shipping import Delivery, LabelFormat


class Address(Struct, frozen=True, kw_only=True):
    """Where a parcel goes. `country` is two letters."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


class Box(Struct, frozen=True, kw_only=True):
    """A parcel as a carrier sees it: grams, and length, width, height in millimetres where they are known."""

    grams: int
    sides_mm: tuple[int, int, int] | None = None


class LabelAsk(Struct, frozen=True, kw_only=True):
    """One label, exactly as it is asked for each time: it is kept with its key. `back`: for the same way the other way round, from
    `ship_to` to `ship_from`; whoever has the label hands the parcel in."""

    service: str
    reference: str
    sscc: str
    ship_from: list[str]
    ship_to: Address
    box: Box
    format: LabelFormat = LabelFormat.ZPL
    back: bool = False


@dataclass(frozen=True, slots=True)
class LabelBytes:
    """A label as the carrier sent it."""

    format: LabelFormat
    body: bytes


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase. `label` is None when the carrier gives it once only and that was to somebody who never got it."""

    ref: str
    tracking: str
    charge: Decimal
    currency: str
    label: LabelBytes | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the carrier itself asks for a service now. `arrives_on` where it says so."""

    service: str
    price: Decimal
    currency: str
    arrives_on: date | None = None


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """Something that happened to a parcel. `id` names it at its carrier; `at` has the carrier's offset."""

    id: str
    tracking: str
    state: Delivery
    at: datetime
    place: str = ""


class CarrierTrouble(Exception):
    """A carrier did not do as asked. `code` goes to people and into the log; never a text of the carrier's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Away(CarrierTrouble):
    """Nobody answered in time, or with trouble of their own. Whether it was done is not known: the same is asked again later.
    `after_s` is how long the carrier wants to be left alone."""

    def __init__(self, code: str, after_s: float = 0.0) -> None:
        super().__init__(code)
        self.after_s = after_s


class Odd(Away):
    """An answer that cannot be used. It may have been done all the same, so it is asked again, and soon shown to a person."""


class Refused(CarrierTrouble):
    """The carrier will not do it, ever, as it was asked. Nothing was done."""


class NoReturns(Refused):
    """The carrier makes no labels for what comes back; customers get one by other ways."""

    def __init__(self) -> None:
        super().__init__("no_returns")


class Carrier(Protocol):
    """One account with one carrier. Every method may block for seconds and raises `CarrierTrouble`; callers hold no transaction."""

    def rates(self, ship_from: list[str], to: Address, box: Box) -> list[Offer]:
        """What its services cost now."""

    def buy(self, key: str, ask: LabelAsk, *, again: bool) -> Bought:
        """The purchase named `key`: made now, or found again when it was made before. `again`: it may have been asked for before. `Refused`
        means that nothing was bought under this key, `NoReturns` that nothing that is to come `back` ever will be."""

    def void(self, key: str, ref: str) -> None:
        """Gives a purchase back; also when that was done before. `Refused` when it cannot be given back any more."""

    def close(self, key: str, day: date, refs: Sequence[str]) -> str:
        """Tells the carrier what is handed over; its own number for that."""

    def track(self, tracking: Sequence[str]) -> list[CarrierEvent]:
        """What has happened to parcels, as far as it is known."""
