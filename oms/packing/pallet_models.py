"""Tables of pallets and trucks: what was built, what was loaded, and who took it over. Weights in grams."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.packing.codes import PalletState


class Pallet(Base):
    """A pallet or cage of one carrier's parcels, known by the SSCC on its label from before anything stands on it."""

    __tablename__ = "pallet"
    __table_args__ = (Index(None, "site_id", "state"),)

    sscc: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    state: Mapped[PalletState] = mapped_column(words(PalletState))
    made_at: Mapped[datetime]
    #: Empty until the first parcel or the person says so.
    carrier: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    grams: Mapped[int | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)


class PalletParcel(Base):
    """A parcel that stands on a pallet: on one at most, the last one it was scanned onto."""

    __tablename__ = "pallet_parcel"
    __table_args__ = (Index(None, "pallet"),)

    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), primary_key=True)
    pallet: Mapped[str] = mapped_column(ForeignKey("pallet.sscc"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)


class Load(Base):
    """One truck of one carrier, from its first scan to the driver's name. `handed_at` set: what stands in it has left with `driver`.
    `digest` is the SHA-256 (hex) over what was handed over, as `pallet_rules.proof` writes it."""

    __tablename__ = "truck_load"
    __table_args__ = (Index(None, "site_id", "carrier", "opened_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    carrier: Mapped[str]
    opened_at: Mapped[datetime]
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
    handed_at: Mapped[datetime | None] = mapped_column(default=None)
    driver: Mapped[str] = mapped_column(default="", repr=False)
    plate: Mapped[str] = mapped_column(default="", repr=False)
    signature: Mapped[str] = mapped_column(default="", repr=False)
    #: What people counted.
    units: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    #: Number of the seal on its doors.
    seal: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(default="")


class LoadUnit(Base):
    """A pallet or a single parcel in a truck, by its SSCC: in one truck at most."""

    __tablename__ = "load_unit"
    __table_args__ = (Index(None, "load_id"),)

    sscc: Mapped[str] = mapped_column(primary_key=True)
    load_id: Mapped[str] = mapped_column(ForeignKey("truck_load.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    at: Mapped[datetime]
    parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"), default=None)
    device: Mapped[str | None] = mapped_column(default=None)
    worker_id: Mapped[str | None] = mapped_column(default=None)
