"""Table of payments: what was asked of a provider or told by one. No card is ever in it; a provider's token stands for it."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from oms.money.codes import Money, PayState


class Payment(Base):
    """One act on an order's money. `key` names it once for ever: it is the idempotency key with the provider, or the provider's name of
    what it told. `token` is the provider's handle of the authorisation it belongs to, `reference` of this act."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "order_no", "at"),
        Index("ix_payment_due", "again_at", postgresql_where=text("state IN ('due', 'unsure')")),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_no: Mapped[str]
    kind: Mapped[Money] = mapped_column(words(Money))
    state: Mapped[PayState] = mapped_column(words(PayState))
    amount: Mapped[Decimal]
    currency: Mapped[str]
    at: Mapped[datetime]
    key: Mapped[str]
    provider: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(default="", repr=False)
    reference: Mapped[str] = mapped_column(default="", repr=False)
    #: When it is asked (again), how often it was, and what the provider last said (a code).
    again_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def asked(self) -> bool:
        """Whether it is a question of ours, as `oms.money.payments` names them; else a provider or a channel told it."""
        return self.key.startswith(f"{self.order_no}:{self.kind}:")
