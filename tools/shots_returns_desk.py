"""What the desk's returns show in the pictures. Used by `tools.shots_data` and `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from app.core.facts import Disposition, Grade, ReturnReason
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.services.desk_list import Counts, Entries, Found
from sync.contract.returns_desk import (
    BackFigure,
    BackFound,
    BackLabel,
    BackLine,
    BackReceipt,
    BackSheet,
    DeskAct,
    DeskCount,
)
from sync.contract.shipping import CarrierLabel

if TYPE_CHECKING:
    from tools.shots import Canned

_AT = "2026-11-23T08:12:00Z"


def _found(number: int, state: str, customer: str, order: str, units: int, received: int, **more: Any) -> BackFound:
    words = {"refund": "0.00", "resolution": "", "signs": [], "channel": "shop", **more}
    return BackFound(
        number=f"RMA-{number:06d}", state=state, order=order, customer=customer, site="W", asked_at=_AT, units=units,
        received=received, currency="EUR", revision=3, **words,
    )  # fmt: skip


SIGNS: list[dict[str, str | int]] = [
    {"sign": "return_sign_rate", "share": 62, "units": 21}, {"sign": "return_sign_weight", "grams": 310, "expected": 840},
]  # fmt: skip
FOUND = (
    _found(42, "graded", "J. Jansen", "N-104512", 3, 3, signs=SIGNS),
    _found(41, "asked", "Søren Åkesson-Østergård", "N-104498", 1, 0),
    _found(40, "partly_received", "Petra de Vries", "N-104470", 4, 2),
    _found(39, "label_sent", "Bakkerij De Molen BV", "N-104455", 12, 0, channel="edi"),
    _found(38, "graded", "", "", 0, 1),
    _found(37, "closed", "Jens Holm", "N-104402", 1, 1, refund="24.95", resolution="refund"),
    _found(36, "closed", "Anna Schmidt", "N-104377", 2, 2, resolution="exchange", channel="market"),
    _found(35, "refused", "K. Bakker", "N-104311", 1, 0),
)
#: A carrier is asked for its label, and has none for what comes back.
APPROVED = _found(43, "approved", "Mette Lund", "N-104531", 2, 0, stuck=True)
COUNTS = [
    DeskCount(name=name, query=name, count=n)
    for name, n in (("asked", 7), ("coming", 31), ("received", 4), ("decide", 12), ("settled", 2318))
]
LINES = [
    BackLine(
        line=1, sku="TEA-EG", name="Earl Grey 250 g", qty=2, received=2, reason=ReturnReason.CHANGED_MIND, note="", worth="17.90",
        refund="0.00", photos=0, receipts=[BackReceipt(qty=2, grade=Grade.A, disposition=Disposition.RESTOCK, place="bin:A-12")],
    ),
    BackLine(
        line=2, sku="CUP-BL", name="Cup, blue", qty=1, received=1, reason=ReturnReason.DAMAGED, note="The handle was off when it came",
        worth="9.50", refund="0.00", photos=2,
        receipts=[BackReceipt(qty=1, grade=Grade.DAMAGED, disposition=Disposition.SCRAP, place="bin:Q-01")],
    ),
]  # fmt: skip
#: The same before anything of it is here.
COMING = [msgspec.structs.replace(one, received=0, receipts=[]) for one in LINES]
_ENDS = [DeskAct.REFUND, DeskAct.EXCHANGE, DeskAct.NOTHING, DeskAct.SEND_BACK]
_MAY = {
    "approved": [DeskAct.MAKE_LABEL, DeskAct.LABEL_SENT, DeskAct.CANCEL],
    "asked": [DeskAct.APPROVE, DeskAct.REFUSE, DeskAct.CANCEL], "label_sent": [DeskAct.CANCEL], "partly_received": [DeskAct.ALL_HERE],
    "graded": _ENDS,
}  # fmt: skip
FIGURES = (
    BackFigure(by="item", key="CUP-BL", returned=38, shipped=212, percent=17.9, refunds={"EUR": "341.05"}),
    BackFigure(by="item", key="TEA-EG", returned=12, shipped=1904, percent=0.6, refunds={"EUR": "98.40"}),
    BackFigure(by="reason", key="damaged", returned=31, shipped=5120, percent=0.6, refunds={"EUR": "280.00"}),
    BackFigure(by="reason", key="changed_mind", returned=19, shipped=5120, percent=0.4, refunds={"EUR": "159.45"}),
    BackFigure(by="channel", key="shop", returned=44, shipped=4211, percent=1.0, refunds={"EUR": "401.10"}),
    BackFigure(by="channel", key="market", returned=6, shipped=909, percent=0.7, refunds={"EUR": "38.35"}),
)


@dataclass(frozen=True, slots=True)
class DeskMoment:
    """What the desk's centre says; `away`: nothing; `refused`: why an act is not done."""

    found: tuple[BackFound, ...] = FOUND
    refused: str = ""
    away: bool = False


class CannedReturnsDesk:
    """A centre with these returns."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned
        self.acted: list[Any] = []

    @property
    def _now(self) -> DeskMoment:
        view = self._canned.moment.view
        return view if isinstance(view, DeskMoment) else DeskMoment()

    def online(self) -> bool:
        """See the port."""
        return not self._now.away

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """See the port."""
        groups = {"decide": "graded", "coming": "label_sent", "received": "partly_received", "settled": "closed"}
        words = [groups.get(word, word) for word in text.lower().split()]
        found = tuple(
            one for one in self._now.found
            if all(word in f"{one.number} {one.customer} {one.order} {one.state}".lower() for word in words)
        )  # fmt: skip
        return Outcome("search", Found(found, len(found) if words else 2372, more_than=False, next=None))

    def counts(self) -> Outcome[Any]:
        """See the port."""
        return Outcome("counts", Counts(COUNTS))

    def sheet(self, number: str) -> Outcome[Any]:
        """See the port."""
        head = next((one for one in self._now.found if one.number == number), FOUND[0])
        label = BackLabel(state=CarrierLabel.PROBLEM, carrier="ACME", service="std", problem="no_returns")
        return Outcome(
            "sheet",
            BackSheet(
                head=head, note="", because="It was worn" if head.state == "refused" else "",
                tracking="3SABC123456789" if head.state != "approved" else "",
                fee="4.95", exchange="N-104533" if head.resolution == "exchange" else "",
                lines=LINES if head.received else COMING, acts=_MAY.get(head.state, []),
                label=label if head.state == "approved" else None,
            ),
        )  # fmt: skip

    def timeline(self, number: str) -> Outcome[Any]:
        """See the port."""
        return Outcome("timeline", Entries(FIGURES))

    def act(self, request: Any) -> Outcome[Any]:
        """See the port."""
        self.acted.append(request)
        if self._now.refused:
            return Outcome("refused", (None, None), say(Code.ORDER_NOT_DONE, reason=self._now.refused))
        return Outcome("done", (None, None), say(Code.SAVED))
