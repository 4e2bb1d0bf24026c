"""Tables of the floor that is walked, and of the times learned on it. Lengths in millimetres, times in seconds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.codes import Method


class Crossing(Base):
    """Where paths meet. At a `depot` walks begin and end."""

    __tablename__ = "floor_crossing"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    x_mm: Mapped[int] = mapped_column(default=0)
    y_mm: Mapped[int] = mapped_column(default=0)
    depot: Mapped[bool] = mapped_column(default=False)


class FloorPath(Base):
    """A way between two crossings or bins; `length_mm` where it is not the straight line. One that is blocked is not walked."""

    __tablename__ = "floor_path"
    __table_args__ = (CheckConstraint("length_mm >= 0", name="length"),)

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    begins: Mapped[str] = mapped_column(primary_key=True)
    ends: Mapped[str] = mapped_column(primary_key=True)
    length_mm: Mapped[int | None] = mapped_column(default=None)
    one_way: Mapped[bool] = mapped_column(default=False)
    blocked: Mapped[bool] = mapped_column(default=False)


class WalkTimes(Base):
    """What work takes at a site by one method, learned from `gaps` gaps between facts."""

    __tablename__ = "walk_times"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    method: Mapped[Method] = mapped_column(words(Method), primary_key=True)
    metre_s: Mapped[float]
    bin_s: Mapped[float]
    pick_s: Mapped[float]
    unit_s: Mapped[float]
    tote_s: Mapped[float]
    gaps: Mapped[int]
    learned_at: Mapped[datetime]
