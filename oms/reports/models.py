"""Tables of reports: who wants to be seen beside others, and who gets a report by mail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.reports import Every


class Ranked(Base):
    """Somebody who wants to be seen in the ranking of people; who is not here is in none."""

    __tablename__ = "report_ranked"

    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class ReportMail(Base):
    """Somebody of the staff who gets the report of each day, week or month that is over by mail. `site` and `channel` are '' for all."""

    __tablename__ = "report_mail"

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    address: Mapped[str] = mapped_column(repr=False)
    language: Mapped[str]
    every: Mapped[Every] = mapped_column(words(Every))
    site: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="")
    #: The last day that was told of.
    through: Mapped[date | None] = mapped_column(default=None)
