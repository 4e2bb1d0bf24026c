"""Tables of plans. None of them is sent to devices."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base, words
from sync.contract.plans import PlanState


class PickPlan(Base):
    """A plan that was asked for. `body` is the `PlanAsked`, `result` the `PlanResult`, `applied` the `PlanApplied` as JSON, empty before;
    `steps` what using it needs beside (`collecting.Taken` by order).

    While it runs, `planner` is the process that thinks it, which says every second (`beat_at`) that it lives; `tries` counts processes.
    `stopping` asks it to end.
    """

    __tablename__ = "pick_plan"
    __table_args__ = (Index(None, "site_id", "state", "asked_at"), Index(None, "wave_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    state: Mapped[PlanState] = mapped_column(words(PlanState))
    asked_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    orders: Mapped[list[str]]
    wave_id: Mapped[str | None] = mapped_column(default=None)
    percent: Mapped[int] = mapped_column(default=0)
    metres: Mapped[float | None] = mapped_column(default=None)
    begun_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    planner: Mapped[str | None] = mapped_column(default=None)
    beat_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    stopping: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(default=None)
    words: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
    steps: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
    applied: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, repr=False)
