"""Tables of hand-overs between devices: which one happened and who has the work now, and the key that says which devices are ours."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base

#: (item, epoch and number of the giver's token, epoch and number of the token that replaced it)
Granted = list[tuple[str, int, int, int, int]]


class HandOver(Base):
    """What one device handed over. `granted` lists its items with the token the giver had and the one that fences it off; whoever comes
    first with what the giver signed becomes `to_device` and has those tokens."""

    __tablename__ = "hand_over"

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    from_device: Mapped[str]
    given_at: Mapped[datetime]
    granted: Mapped[Granted] = mapped_column(JSONB)
    to_device: Mapped[str | None] = mapped_column(default=None, index=True)
    received_at: Mapped[datetime | None] = mapped_column(default=None)


class SigningKey(Base):
    """The Ed25519 key (hex) with which a site says which devices it let in. All servers of the database share it."""

    __tablename__ = "signing_key"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    private: Mapped[str] = mapped_column(repr=False)
    public: Mapped[str]
