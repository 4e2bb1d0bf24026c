"""What the feed and the domains say to each other about one fact. Ingest fills `FactContext`, a domain's handler answers `Credit`."""

from dataclasses import dataclass
from datetime import datetime

from sync.contract.codes import Outcome
from sync.contract.wire import Notice, Token


@dataclass(frozen=True, slots=True)
class FactContext:
    """Everything about an op but its body. `device` is the identity that sent it, `worker` the person of its session, if known."""

    op_id: str
    item: str | None
    token: Token | None
    session: str | None
    device: str
    worker: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Credit:
    """How a fact counted. `notice` is the one calm instruction its maker must read; silent when None."""

    outcome: Outcome
    notice: Notice | None = None


APPLIED = Credit(Outcome.APPLIED)
