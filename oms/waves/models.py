"""Tables of waves. None of them is sent to devices: what people on the floor see of a wave are its jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import Method, WaveState


class WaveTemplate(Base):
    """How waves of a kind are made; `body` is a `rules.Template` as JSON. Of several that fit an order, the lowest `rank` takes it."""

    __tablename__ = "wave_template"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    rank: Mapped[int]
    active: Mapped[bool]
    body: Mapped[dict[str, Any]]


class Wave(Base):
    """Orders that are worked on together. `body` is the `rules.Template` it was made by, as it was then; `plan` the newest `rules.Plan`
    as JSON, empty before the first. `cut_off` is the earliest of its orders."""

    __tablename__ = "wave"
    __table_args__ = (Index(None, "site_id", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    state: Mapped[WaveState] = mapped_column(words(WaveState))
    method: Mapped[Method] = mapped_column(words(Method))
    created_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    template_id: Mapped[str | None] = mapped_column(default=None)
    cut_off: Mapped[datetime | None] = mapped_column(default=None)
    planned_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class WaveOrder(Base):
    """An order in a wave, until `left_at`. An order is in one wave at a time, by index."""

    __tablename__ = "wave_order"
    __table_args__ = (
        Index("uq_wave_order_in", "site_id", "order_no", unique=True, postgresql_where=text("left_at IS NULL")),
    )

    wave_id: Mapped[str] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    order_no: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    added_at: Mapped[datetime]
    left_at: Mapped[datetime | None] = mapped_column(default=None)
