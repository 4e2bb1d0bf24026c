"""What the order workbench and the pick-up of orders in the store show in the pictures. Used by `tools.shots_data` and `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as changed

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.views_pickup import PickupCard, PickupLine, PickupStep, PickupView
from sync.contract.workbench import (
    Address,
    CountsReply,
    EventIcon,
    LineAt,
    OrderFound,
    OrderSheet,
    SearchReply,
    SheetAct,
    SheetHold,
    SheetLine,
    SheetMoney,
    SheetNote,
    SheetParcel,
    SheetPart,
    SheetReason,
    StateCount,
    TimelineEntry,
    TimelineReply,
    WorkbenchAct,
)
from sync.contract.workbench_acts import ActResult

if TYPE_CHECKING:
    from tools.shots import Canned

_DAY = "2026-11-23"
_NAMES = (
    ("Ada Jansen", "Utrecht", "in_work"),
    ("Bakkerij De Molen BV", "Amersfoort", "held"),
    ("Chr. Sørensen", "Aarhus", "partly_shipped"),
    ("Dörte Großmann", "Osnabrück", "backordered"),
    ("Emil Vogel", "Köln", "ready"),
    ("Fatima el Amrani", "Gent", "accepted"),
    ("Guus van der Heijden-Kloosterman", "'s-Hertogenbosch", "sourced"),
    ("Hanne Madsen", "Odense", "shipped"),
    ("Ines Roth", "Graz", "cancelled"),
    ("Jonas Weber", "Ulm", "shipped"),
    ("Karin Smit", "Zwolle", "shipped"),
)
FOUND = tuple(
    OrderFound(
        number=f"N-{104_512 - n}", state=state, placed_at=f"{_DAY}T08:{50 - n:02}:00Z", revision=3, reference=f"#{9_120 - n}",
        channel="shop" if n % 3 else "market", customer=name, city=city, country="NL",
        promised=f"2026-11-{24 + n % 4 if n != 2 else 21}", total=f"{38 + n * 17}.{90 - n}", payment="authorised",
        flags=["vip"] if n == 0 else [], holds=int(state == "held"), sites=["W", "S"] if n == 2 else ["W"], lines=3, late=n == 2,
    )
    for n, (name, city, state) in enumerate(_NAMES)
)  # fmt: skip
COUNTS = CountsReply(
    counts=[
        StateCount(name="held", count=7, query="held"),
        StateCount(name="late", count=3, query="late"),
        StateCount(name="accepted", count=41, query="state:accepted"),
        StateCount(name="backordered", count=18, query="state:backordered"),
        StateCount(name="sourced", count=126, query="state:sourced"),
        StateCount(name="in_work", count=212, query="state:in_work"),
        StateCount(name="ready", count=9, query="state:ready"),
    ],
    epoch=1,
    server_time=f"{_DAY}T09:00:00Z",
)  # fmt: skip
SHEET = OrderSheet(
    head=FOUND[0],
    ship_to=Address(name="Ada Jansen", street="Oudegracht 112", postcode="3511 AZ", city="Utrecht", country="NL"),
    money=SheetMoney(
        currency="EUR", goods="31.40", shipping="4.95", tax="6.31", total="38.90", discount="2.50", payment="authorised"
    ),
    captured_at=f"{_DAY}T08:50:03Z",
    email="ada@example.org",
    phone="+31 30 123 4567",
    lines=[
        SheetLine(line=1, sku="TEA-EG", name="Earl Grey, 100 g", qty=4, assigned=4, sites=[LineAt(site="W", part="1", qty=4)]),
        SheetLine(
            line=2, sku="CUP-BL", name="Cup, blue", qty=2, assigned=1, backordered=1, expected="2026-11-27",
            sites=[LineAt(site="S", part="2", qty=1)],
        ),
        SheetLine(line=3, sku="POT-12", name="Tea pot 1.2 l", qty=1, open=1),
    ],
    parts=[
        SheetPart(
            number="N-104512", site="W", site_name="Warehouse Nieuwegein", state="packing",
            parcels=[SheetParcel(sscc="387123450000012343", state="planned", carrier="PostNL", tracking="3SABC0123456")],
        ),
        SheetPart(number="N-104512-2", site="S", site_name="Store Utrecht", state="released"),
    ],
    notes=[SheetNote(id="n1", at=f"{_DAY}T08:55:00Z", text="Ring before delivery", who="Petra", pinned=True)],
    decision=[
        SheetReason(code="source_split_cheaper", words={"sites": "W, S", "cost": "8.10", "more": "1.20"}),
        SheetReason(code="source_scarce", site="S", words={"sku": "CUP-BL", "qty": 1}),
    ],
    acts=[SheetAct(act=act) for act in WorkbenchAct],
)  # fmt: skip
HELD = changed(
    SHEET,
    head=FOUND[1],
    ship_to=Address(name="Bakkerij De Molen BV", street="Havenweg", postcode="38 11", city="Amersfoort", country="NL"),
    holds=[
        SheetHold(id="h1", code="order_bad_postcode", at=f"{_DAY}T08:49:00Z", params={"postcode": "38 11"}),
        SheetHold(id="h2", code="order_unknown_item", at=f"{_DAY}T08:49:00Z", line=2, params={"sku": "KOP-BLAUW"}),
    ],
    parts=[],
    decision=[],
    notes=[],
)
ENTRIES = [
    TimelineEntry(id="e9", at=f"{_DAY}T08:58:40Z", code="pack.confirm", icon=EventIcon.PACK, words={"sku": "TEA-EG", "qty": 4},
                  who="Jan", device="Bench 3", site="W"),
    TimelineEntry(id="e11", at=f"{_DAY}T08:58:02Z", code="mail.dead", icon=EventIcon.TROUBLE,
                  words={"mail": "backordered", "to": "j.jansen@example.com", "problem": "receiver_550"}, who="mail"),
    TimelineEntry(id="e10", at=f"{_DAY}T08:57:31Z", code="hook.done", icon=EventIcon.HOOK,
                  words={"to": "ERP", "event": "order.short"}, who="hooks"),
    TimelineEntry(id="e8", at=f"{_DAY}T08:57:12Z", code="pick.short", icon=EventIcon.SHORT,
                  words={"sku": "CUP-BL", "reason": "not_found", "bin": "B-04"}, who="Petra", device="Handheld 7", site="W"),
    TimelineEntry(id="e7", at=f"{_DAY}T08:56:02Z", code="pick.confirm", icon=EventIcon.PICK,
                  words={"sku": "TEA-EG", "qty": 4, "bin": "A-12", "tote": "T-118"}, who="Petra", device="Handheld 7", site="W"),
    TimelineEntry(id="e6", at=f"{_DAY}T08:55:00Z", code="order.note", icon=EventIcon.NOTE, words={"text": "Ring before delivery"},
                  who="Petra"),
    TimelineEntry(id="e4", at=f"{_DAY}T08:51:00Z", code="order.released", icon=EventIcon.ORDER, words={"part": "N-104512"}, site="W"),
    TimelineEntry(id="e3", at=f"{_DAY}T08:50:05Z", code="order.sourced", icon=EventIcon.SOURCE, words={}),
    TimelineEntry(id="e2", at="2026-11-22T23:10:04Z", code="order.payment", icon=EventIcon.MONEY,
                  words={"payment": "authorise", "state": "done", "amount": "38.90", "currency": "EUR"}, who="pay"),
    TimelineEntry(id="e1", at="2026-11-22T23:10:03Z", code="order.captured", icon=EventIcon.ORDER, words={}, who="shop"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BenchMoment:
    """What the workbench's centre says; `away`: nothing."""

    found: tuple[OrderFound, ...] = FOUND
    refused: tuple[str, ...] = ()
    away: bool = False


class CannedWorkbench:
    """A centre with these orders."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned

    @property
    def _now(self) -> BenchMoment:
        view = self._canned.moment.view
        return view if isinstance(view, BenchMoment) else BenchMoment()

    def online(self) -> bool:
        """See the port."""
        return not self._now.away

    def search(self, text: str, after: str = "") -> Outcome[Any]:
        """See the port."""
        words = text.lower().split()
        found = [
            one
            for one in self._now.found
            if all(w in f"{one.number} {one.customer} {one.state}".lower() for w in words)
        ]
        reply = SearchReply(
            found=found, next=None, total=len(found) if words else 1_204_518, more_than=False, epoch=1,
            server_time=f"{_DAY}T09:00:00Z",
        )  # fmt: skip
        return Outcome("search", reply)

    def counts(self) -> Outcome[Any]:
        """See the port."""
        return Outcome("counts", COUNTS)

    def sheet(self, order: str) -> Outcome[Any]:
        """See the port."""
        head = next((one for one in FOUND if one.number == order), FOUND[0])
        sheet = HELD if head.state == "held" else SHEET
        return Outcome("sheet", changed(sheet, head=head))

    def timeline(self, order: str) -> Outcome[Any]:
        """See the port."""
        return Outcome("timeline", TimelineReply(order=order, entries=ENTRIES, next=None, epoch=1, server_time=_DAY))

    def act(self, request: Any) -> Outcome[Any]:
        """See the port."""
        if self._now.refused:
            result = ActResult(order=request.order, reason="order_changed_meanwhile", changed=list(self._now.refused))
            return Outcome("refused", (result, None), say(Code.ORDER_CHANGED, order=request.order))
        return Outcome("done", (ActResult(order=request.order), None), say(Code.SAVED))


PICKUP_LIST = PickupView(
    PickupStep.LIST,
    say(Code.PICKUP_SCAN),
    todo=(
        PickupCard("N-104512", "Ada Jansen", 7, picked=True),
        PickupCard("N-104509", "Dörte Großmann", 2, picked=True),
        PickupCard("N-104501", "Guus van der Heijden-Kloosterman", 12, picked=False),
    ),
    waiting=(
        PickupCard("N-104498", "Emil Vogel", 3, picked=True, shelf="AFH-03"),
        PickupCard("N-104477", "Karin Smit", 1, picked=True, shelf="AFH-11"),
    ),
)
PICKUP_EMPTY = PickupView(PickupStep.LIST, say(Code.PICKUP_SCAN))
ASIDE = PickupView(
    PickupStep.ASIDE, say(Code.PICKUP_SCAN_SHELF), order="N-104512", customer="Ada Jansen", pieces=("T-118",), seen=("T-118",),
    lines=(PickupLine("Earl Grey, 100 g", 4), PickupLine("Cup, blue", 2), PickupLine("Tea pot 1.2 l", 1)), flags=("gift",), can_undo=True,
)  # fmt: skip
STANDS = replace(ASIDE, step=PickupStep.STANDS, prompt=say(Code.PICKUP_STANDS, bin="AFH-07"), shelf="AFH-07")
NAME = replace(
    ASIDE, step=PickupStep.NAME, prompt=say(Code.PICKUP_CHECK_NAME, name="Ada Jansen"), shelf="AFH-07",
    pieces=("T-118", "T-119"), seen=(), can_undo=False,
)  # fmt: skip
PIECES = replace(
    NAME, step=PickupStep.PIECES, prompt=say(Code.PICKUP_SCAN_OUT, n=1), seen=("T-118",), by_code=True, can_undo=True
)
SIGN = replace(NAME, step=PickupStep.SIGN, prompt=say(Code.PICKUP_SIGN, name="Ada Jansen"), seen=("T-118", "T-119"))
WHY = replace(NAME, step=PickupStep.WHY, prompt=say(Code.PICKUP_WHY))
GONE = replace(SIGN, step=PickupStep.GONE, prompt=say(Code.PICKUP_OVER, name="Ada Jansen"))
BACK = replace(SIGN, step=PickupStep.BACK, prompt=say(Code.PICKUP_BACK))
