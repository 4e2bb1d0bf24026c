"""Why jobs failed: the queue's own tables do not say."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from oms.db.base import Base


class JobFault(Base):
    """The last failure of a job. `attempt` counts from 1; `problem` is what the exception is called, and its first line."""

    __tablename__ = "job_fault"

    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt: Mapped[int]
    at: Mapped[datetime]
    problem: Mapped[str]
