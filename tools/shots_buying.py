"""What the buyer's desk shows in the pictures. Used by `tools.shots_data` and `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.services.desk_list import Counts, Entries, Found
from sync.contract.buying_desk import BuyAct, BuyAlert, BuyAlerts, BuyCount, BuyFound, BuyLine, BuySheet

if TYPE_CHECKING:
    from tools.shots import Canned

_AT = "2026-11-20T08:12:00Z"


def _found(number: int, state: str, supplier: str, total: str, units: int, received: int = 0, **more: Any) -> BuyFound:
    words = {"day": "", "currency": "EUR", **more}
    return BuyFound(
        number=f"PO-MAIN-{number:05d}", supplier=supplier[:5].upper(), supplier_name=supplier, state=state, total=total,
        made_at=_AT, units=units, received=received, **words,
    )  # fmt: skip


FOUND = (
    _found(118, "awaiting_approval", "Teehandelskontor Bremen", "4183.20", 1320),
    _found(117, "approved", "Porcelænsfabrikken A/S", "612.00", 96, currency="DKK"),
    _found(116, "sent", "Bakkerij De Molen BV", "289.40", 240, day="2026-11-27", undelivered=True),
    _found(115, "confirmed", "Tea & Co", "1190.00", 480, day="2026-11-25"),
    _found(112, "partly_received", "Tea & Co", "960.00", 400, 280, day="2026-11-19", late=True),
    _found(109, "received", "Porcelænsfabrikken A/S", "1480.50", 210, 210, currency="DKK"),
    _found(104, "closed", "Kartonnagefabriek Twente", "355.00", 5000, 4800),
    _found(101, "cancelled", "Tea & Co", "74.00", 24),
)
COUNTS = [
    BuyCount(name=name, query=name, count=n)
    for name, n in (("to_approve", 1), ("to_send", 2), ("coming", 14), ("late", 3), ("over", 97))
]


def _line(n: int, name: str, sku: str, qty: int, price: str, day: str, received: int = 0, **more: Any) -> BuyLine:
    words = {"wanted": qty, "damaged": 0, "late": False, **more}
    come = max(0, words["wanted"] - received - words["damaged"])
    return BuyLine(
        line=n,
        sku=sku,
        name=name,
        their_sku=f"{4711 + n}",
        qty=qty,
        received=received,
        open=come,
        price=price,
        day=day,
        **words,
    )


_TEA = "Earl Grey 250 g"
LINES = [
    _line(1, _TEA, "TEA-EG", 960, "2.1000", "2026-12-02"),
    _line(2, "Cup, blue", "CUP-BL", 360, "6.0200", "2026-12-04"),
]
LATE = [
    _line(1, _TEA, "TEA-EG", 240, "2.4000", "2026-11-19", 156, damaged=4, late=True),
    _line(2, "Assam 100 g", "TEA-AS", 160, "2.4000", "2026-11-25", 120, wanted=150),
]
_MAY = {
    "awaiting_approval": [BuyAct.APPROVE, BuyAct.CALL_OFF], "approved": [BuyAct.SEND, BuyAct.CALL_OFF],
    "sent": [BuyAct.SEND, BuyAct.CONFIRM, BuyAct.CALL_OFF], "confirmed": [BuyAct.CONFIRM, BuyAct.CALL_OFF],
    "partly_received": [BuyAct.CONFIRM, BuyAct.CALL_OFF], "received": [BuyAct.CALL_OFF],
}  # fmt: skip
ALERTS = (
    BuyAlerts(
        kind="low_stock", count=14,
        items=[
            BuyAlert(sku="TEA-EG", name=_TEA, have=12, want=240), BuyAlert(sku="CUP-BL", name="Cup, blue", have=31, want=60),
            BuyAlert(sku="TIN-01", name="Tin with a lid, 1 l", have=18, want=24),
        ],
    ),
    BuyAlerts(kind="dead_stock", count=1, items=[BuyAlert(sku="MUG-XM", name="Mug, Christmas", have=144, want=180)]),
    BuyAlerts(kind="high_returns", count=1, items=[BuyAlert(sku="POT-07", name="Teapot, 0.7 l", have=31, want=20)]),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuyMoment:
    """What the buyer's centre says; `away`: nothing; `refused`: why an act is not done."""

    found: tuple[BuyFound, ...] = FOUND
    alerts: tuple[BuyAlerts, ...] = ALERTS
    refused: str = ""
    away: bool = False


class CannedBuying:
    """A centre with these orders."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned
        self.acted: list[Any] = []

    @property
    def _now(self) -> BuyMoment:
        view = self._canned.moment.view
        return view if isinstance(view, BuyMoment) else BuyMoment()

    def online(self) -> bool:
        """See the port."""
        return not self._now.away

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """See the port."""
        words = text.lower().split()
        found = tuple(
            one for one in self._now.found
            if all(word in f"{one.number} {one.supplier_name} {one.state} {'late' * one.late}".lower() for word in words)
        )  # fmt: skip
        return Outcome("search", Found(found, len(found) if words else 117, more_than=False, next=None))

    def counts(self) -> Outcome[Any]:
        """See the port."""
        return Outcome("counts", Counts(COUNTS))

    def sheet(self, number: str) -> Outcome[Any]:
        """See the port."""
        head = next((one for one in self._now.found if one.number == number), FOUND[0])
        sent = head.state not in ("awaiting_approval", "approved")
        return Outcome(
            "sheet",
            BuySheet(
                head=head, revision="1", note="", reference="A-20771" if head.received else "", limit="2500", limit_currency="EUR",
                approved_by="" if head.state == "awaiting_approval" else "Ada", send_by="mail", address=True,
                sent_at=_AT if sent else "", confirmed_at="2026-11-21T09:00:00Z" if head.received else "",
                problem="550 no such mailbox" if head.undelivered else "",
                lines=LATE if head.received else LINES, acts=_MAY.get(head.state, []),
            ),
        )  # fmt: skip

    def timeline(self, number: str) -> Outcome[Any]:
        """See the port."""
        return Outcome("timeline", Entries(self._now.alerts))

    def act(self, request: Any) -> Outcome[Any]:
        """See the port."""
        self.acted.append(request)
        if self._now.refused:
            return Outcome("refused", (None, None), say(Code.ORDER_NOT_DONE, reason=self._now.refused))
        return Outcome("done", (None, None), say(Code.SAVED))
