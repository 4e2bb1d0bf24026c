"""Tables of the catalogue: site, zone, bin, item, item code, carton. Lengths in millimetres, weights in grams."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.packing.cartons.types import Rotation
from sync.contract.codes import BinKind, Policy, SlotProof
from sync.contract.version import LEASE_TTL_S as LEASE_S


class ServiceRule(StrEnum):
    """When the OMS chooses the service of an order."""

    NEVER = "never"
    MISSING = "missing"
    ALWAYS = "always"


class Site(Base):
    """A warehouse, its floor policies and its feed counter. `ver` is the last lock of every unit of work."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ver: Mapped[int] = mapped_column(default=0)
    #: Tombstones up to this version are gone; a cursor below it starts again.
    floor_ver: Mapped[int] = mapped_column(default=0)
    bin_scan_required: Mapped[bool] = mapped_column(default=True)
    weight_tolerance_g: Mapped[int] = mapped_column(default=30)
    weight_tolerance_permille: Mapped[int] = mapped_column(default=20)
    ship_from: Mapped[list[str]] = mapped_column(default_factory=list)
    #: GS1 company prefix (7 to 10 digits) and extension digit of this site's SSCCs.
    gs1_prefix: Mapped[str] = mapped_column(default="8719333")
    sscc_extension: Mapped[int] = mapped_column(default=3)
    #: How long work stays with a device that is out of reach, in seconds.
    lease_s: Mapped[int] = mapped_column(default=LEASE_S)
    fefo: Mapped[Policy] = mapped_column(words(Policy), default=Policy.WARN)
    slot_proof: Mapped[SlotProof] = mapped_column(words(SlotProof), default=SlotProof.SLOT)
    ask_empty: Mapped[bool] = mapped_column(default=True)
    no_mans_land_min: Mapped[int] = mapped_column(default=10)
    #: Whether a started product is finished for all orders of a cart before the next.
    product_first: Mapped[bool] = mapped_column(default=False)
    #: Where the floor is drawn: fragile goods are picked last, and what weighs so much is picked first (None: as the walk goes).
    fragile_last: Mapped[bool] = mapped_column(default=False)
    heavy_first_g: Mapped[int | None] = mapped_column(default=None)
    #: Where order lines come from: words of `oms.planning.allocating.Rule`, and the days that goods must have left when they go.
    allocation: Mapped[list[str]] = mapped_column(default_factory=list)
    shelf_life_days: Mapped[int] = mapped_column(default=0)
    #: Whether the OMS chooses the service of an order: never, where the order names none, or always.
    service_rule: Mapped[ServiceRule] = mapped_column(words(ServiceRule), default=ServiceRule.MISSING)
    #: The most that one person lifts, and the room left free on each side of a carton.
    lift_g: Mapped[int] = mapped_column(default=23_000)
    clearance_mm: Mapped[int] = mapped_column(default=0)
    #: What papers say of the shop beside its address: `vat`, `eori`, `phone`, `email`, `web`, `bank`, `return_days`.
    paper_words: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Zone(Base):
    """A part of the floor that people sign in to."""

    __tablename__ = "zone"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")


class Bin(Base):
    """A location; `code` is what its label says, `seq` its place in the walk."""

    __tablename__ = "bin"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "zone"], ["zone.site_id", "zone.code"]),
        Index(None, "site_id", "seq"),
    )

    site_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str]
    kind: Mapped[BinKind] = mapped_column(words(BinKind))
    seq: Mapped[int] = mapped_column(default=0)
    x_mm: Mapped[int] = mapped_column(default=0)
    y_mm: Mapped[int] = mapped_column(default=0)


class Item(Base):
    """Something that is sold. Weight and size may be unknown."""

    __tablename__ = "item"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    weight_g: Mapped[int | None] = mapped_column(default=None)
    length_mm: Mapped[int | None] = mapped_column(default=None)
    width_mm: Mapped[int | None] = mapped_column(default=None)
    height_mm: Mapped[int | None] = mapped_column(default=None)
    lot_tracked: Mapped[bool] = mapped_column(default=False)
    serial_tracked: Mapped[bool] = mapped_column(default=False)
    expiry_tracked: Mapped[bool] = mapped_column(default=False)
    fragile: Mapped[bool] = mapped_column(default=False)
    #: `#rrggbb` or empty.
    colour: Mapped[str] = mapped_column(default="")
    #: SKUs that may be taken instead, best first.
    substitutes: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Tariff number of the Harmonised System and country of origin (ISO 3166), for customs papers; empty where unknown.
    hs_code: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    #: How a unit may be turned in a carton, and the most that may lie on it; None: nobody said.
    rotation: Mapped[Rotation] = mapped_column(words(Rotation), default=Rotation.FREE)
    bears_g: Mapped[int | None] = mapped_column(default=None)
    #: UN number or class of dangerous goods; empty: harmless.
    hazard: Mapped[str] = mapped_column(default="")
    #: What goes in with it: the shop's own codes of leaflets, ice packs, spare keys.
    inserts: Mapped[list[str]] = mapped_column(default_factory=list)


class ItemCode(Base):
    """A barcode of an item and how many base units it stands for. One code never means two items of a site."""

    __tablename__ = "item_code"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "sku"], ["item.site_id", "item.sku"]),
        Index(None, "site_id", "sku"),
        CheckConstraint("qty > 0", name="qty_positive"),
    )

    site_id: Mapped[str] = mapped_column(primary_key=True)
    #: GTIN-14 where it is one, else the shop's own code as printed.
    code: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    qty: Mapped[int] = mapped_column(default=1)


class Carton(Base):
    """A carton of the shop; `code` is its barcode."""

    __tablename__ = "carton"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    inner_length_mm: Mapped[int]
    inner_width_mm: Mapped[int]
    inner_height_mm: Mapped[int]
    outer_length_mm: Mapped[int]
    outer_width_mm: Mapped[int]
    outer_height_mm: Mapped[int]
    tare_g: Mapped[int]
    max_g: Mapped[int]
    #: Its own price in hundredths of the shop's money, and what it is made of.
    cost_cents: Mapped[int] = mapped_column(default=0)
    material: Mapped[str] = mapped_column(default="")
