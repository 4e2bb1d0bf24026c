"""Representative moments of every screen, for the pictures: the views a service would give. Used by `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.core.messages import Code, Message, say
from app.core.money import Money
from app.core.pack_plan import ServiceCard
from app.core.views import (
    DeviceStatus,
    ExceptionCard,
    HomeView,
    LinkStatus,
    OrderCard,
    OrdersView,
    Person,
    PickStep,
    PickView,
    SignInView,
)
from app.services.api import Weight
from app.services.home import DOORS
from tools import shots_buying as buyer
from tools import shots_devices as desk
from tools import shots_entry as entry
from tools import shots_floor as floor
from tools import shots_handover as hand
from tools import shots_load as load
from tools import shots_pack as pack
from tools import shots_pick as walk
from tools import shots_planning as walks
from tools import shots_receive as goods_in
from tools import shots_reports as figures
from tools import shots_returns as returned
from tools import shots_returns_desk as back_desk
from tools import shots_work as work
from tools import shots_workbench as bench
from tools.shots_goods import (
    BOSS,
    CUP,
    DEVICES,
    EMPTY_PRINTER,
    JOBS,
    LEMON,
    OFFLINE,
    OLIVE,
    ONLINE,
    PACKER,
    PEOPLE,
    PICKER,
)

PICK = PickView(
    job="j1", order="50231", step=PickStep.ITEM, prompt=say(Code.SCAN_MORE, n=3), line=4, lines=6, lines_done=3, bin="A-12-03",
    bin_confirmed=True, next_bin="A-14-22", item=OLIVE, take=5, in_hand=2, tote="T-0417", lane="PACK-1", can_undo=True,
    can_skip=True, can_short=True, flags=("vip",),
)  # fmt: skip
GO = replace(
    PICK,
    step=PickStep.BIN,
    prompt=say(Code.SCAN_BIN, bin="B-02-07"),
    bin="B-02-07",
    bin_confirmed=False,
    item=CUP,
    in_hand=0,
)


_STATES = (
    "open",
    "open",
    "picking",
    "open",
    "picked",
    "open",
    "packing",
    "open",
    "label_pending",
    "shipped",
    "open",
    "held",
)
_NAMES = (
    "Ada Nowak",
    "Birk Sørensen",
    "C. van der Meer",
    "Dilara Yılmaz",
    "E. Fischer GmbH",
    "Farah Idris",
    "Gus Petersen",
)
_CARRIERS = ("DHL Paket", "PostNord", "DPD Classic")
_SERVICE = ServiceCard(
    "cheapest", Money(Decimal("6.35"), "EUR"), "2026-11-22", "2026-11-24", "2026-11-25", "PostNord express",
    Money(Decimal("4.10"), "EUR"),
)  # fmt: skip
ORDERS = OrdersView(
    orders=tuple(
        OrderCard(
            no=str(50198 + 7 * i), state=_STATES[i % 12], customer=_NAMES[i % 7], lines=1 + i % 5, units=2 + i % 9,
            done_units=(2 + i % 9) if _STATES[i % 12] in ("shipped", "picked") else i % 2, priority=1 + i % 3,
            carrier=_CARRIERS[i % 3], cut_off="2026-11-22T16:00" if i % 3 else "2026-11-22T18:30",
        )
        for i in range(36)
    ),
    counts={"open": 18, "picking": 3, "picked": 3, "packing": 3, "label_pending": 3, "shipped": 3, "held": 3},
    needs_you=(
        ExceptionCard("e1", say(Code.COUNT_BIN, bin="C-04-18", sku="FH1030"), "open", "Amira Haddad"),
        ExceptionCard("e2", say(Code.PUT_BACK, qty=2, sku="FH1000", bin="A-12-03"), "open"),
        ExceptionCard("e3", say(Code.ORDER_CANCELLED, order="50199"), "open", "Jonas Brandt"),
    ),
    filter="all",
    can_release=True,
    prompt=say(Code.CHOOSE_ORDERS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture: the screen, what its service gives, what it says, and what happened before.

    `acts` are intents pressed after the screen is open; `scanned` names the device that then reads a code; `weight` lies on the scale;
    `toast` is said at the end.
    """

    name: str
    screen: str
    view: object
    message: Message | None = None
    person: Person | None = None
    acts: tuple[str, ...] = ()
    link: LinkStatus = ONLINE
    devices: tuple[DeviceStatus, ...] = ()
    weight: Weight | None = None
    toast: Message | None = None
    notice: Message | None = None
    servers: tuple[str, ...] = field(default=())
    scanned: str = ""


def _on_scale(grams: int, *, stable: bool = True) -> Weight:
    return Weight(Decimal(grams), stable, 1.0)


WRONG = Moment(
    "pick-wrong-item",
    "pick",
    replace(PICK, scanned=LEMON),
    say(Code.WRONG_ITEM, scanned="FH1001", needed="FH1000"),
    PICKER,
)
SERVED = replace(ORDERS, orders=tuple(replace(o, service="standard", service_why=_SERVICE) for o in ORDERS.orders))
MOMENTS: tuple[Moment, ...] = (
    Moment("signin", "signin", SignInView(recent=PEOPLE)),
    Moment("signin-pin", "signin", SignInView(recent=PEOPLE), acts=("recent:1004",)),
    Moment("locked", "signin", SignInView(recent=PEOPLE, person=PEOPLE[0], locked=True)),
    Moment("signin-unknown", "signin", SignInView(recent=PEOPLE), say(Code.BADGE_UNKNOWN), link=OFFLINE),
    Moment("pair", "pair", None, servers=("https://10.0.0.5:8443",)),
    Moment("home", "home", HomeView(PICKER, JOBS, ("pick", "settings"), say(Code.TAKE_NEXT_WORK)), person=PICKER),
    Moment(
        "home-empty", "home", HomeView(PICKER, (), ("pick", "settings"), say(Code.TAKE_NEXT_WORK)), person=PICKER, link=OFFLINE,
        toast=say(Code.NO_WORK_OFFLINE),
    ),
    Moment("pick-tote", "pick", replace(PICK, step=PickStep.TOTE, prompt=say(Code.SCAN_TOTE), note="Ring twice."), person=PICKER),
    Moment("pick-bin", "pick", GO, person=PICKER),
    Moment("pick", "pick", PICK, person=PICKER, link=OFFLINE, toast=say(Code.UNIT_COUNTED, n=2, of=5)),
    WRONG,
    Moment("pick-wrong-bin", "pick", GO, say(Code.WRONG_BIN, scanned="B-02-17", needed="B-02-07"), PICKER),
    Moment("pick-too-many", "pick", replace(PICK, in_hand=5), say(Code.TOO_MANY, n=0), PICKER),
    Moment("pick-short", "pick", replace(PICK, step=PickStep.SHORT, prompt=say(Code.CHOOSE_SHORT_REASON, n=3)), person=PICKER),
    Moment("pick-more", "pick", PICK, person=PICKER, acts=("more",)),
    Moment("pick-help", "pick", PICK, person=PICKER, acts=("help",)),
    Moment("pick-type", "pick", PICK, person=PICKER, acts=("type",)),
    Moment(
        "pick-put-back", "pick", PICK, person=PICKER,
        notice=say(Code.PUT_BACK, qty=2, sku="Ceramic cup, white", bin="B-12-03", tote="T-0417"),
    ),
    Moment("pick-drop", "pick", replace(PICK, step=PickStep.DROP, prompt=say(Code.SCAN_LANE), lines_done=6), person=PICKER),
    *(Moment(f"pick-{name}", "pick", view, said, PICKER, acts) for name, view, said, acts in walk.VIEWS),
    Moment("handover-start", "handover", hand.START, person=PICKER, link=OFFLINE),
    Moment("handover-nothing", "handover", hand.EMPTY, say(Code.HAND_OVER_NOTHING), PICKER),
    Moment("handover-show", "handover", hand.SHOW, person=PICKER, link=OFFLINE),
    Moment("handover-show-late", "handover", hand.SHOW_LATE, person=PICKER, link=OFFLINE),
    Moment("handover-given", "handover", hand.GIVEN, person=PICKER, link=OFFLINE),
    Moment("handover-take", "handover", hand.TAKE, person=PICKER, link=OFFLINE),
    Moment(
        "handover-taking", "handover", hand.TAKING, person=PICKER, link=OFFLINE, toast=say(Code.HAND_OVER_PICTURE, n=16, of=31)
    ),
    Moment("handover-foreign", "handover", hand.TAKING, say(Code.HAND_OVER_FOREIGN), PICKER, link=OFFLINE),
    Moment("handover-forged", "handover", hand.TAKE, say(Code.HAND_OVER_FORGED), PICKER, link=OFFLINE),
    Moment("handover-taken", "handover", hand.TAKEN, person=PICKER, link=OFFLINE),
    Moment("pick-done", "pick", replace(PICK, step=PickStep.DONE, prompt=say(Code.TAKE_NEXT_WORK), lines_done=6), person=PICKER),
    Moment("pack-waiting", "pack", pack.BENCH, person=PACKER, devices=DEVICES),
    Moment("pack", "pack", pack.PACK, person=PACKER, devices=DEVICES),
    Moment(
        "pack-wrong-item", "pack", replace(pack.PACK, scanned=LEMON), say(Code.NOT_IN_ORDER, item="FH1001"), PACKER, devices=DEVICES
    ),
    Moment("pack-missing", "pack", pack.MISSING, person=PACKER, devices=DEVICES),
    Moment("pack-fetched", "pack", pack.FETCHED, person=PACKER, devices=DEVICES, toast=say(Code.GOODS_SENT_FOR, n=1)),
    Moment("pack-not-had", "pack", pack.PACK, say(Code.GOODS_NOT_HAD), PACKER, devices=DEVICES),
    Moment("pack-aside-why", "pack", pack.WHY_ASIDE, person=PACKER, devices=DEVICES),
    Moment("pack-aside-place", "pack", pack.TO_PLACE, person=PACKER, devices=DEVICES),
    Moment("pack-owed", "pack", replace(pack.BENCH, papers=pack.OWED), person=PACKER, devices=DEVICES),
    Moment("pack-goes-along", "pack", pack.ALONG, person=PACKER, devices=DEVICES),
    Moment(
        "pack-join", "pack", replace(pack.ALONG, joining=True, prompt=say(Code.SCAN_JOIN_TOTE)), person=PACKER, devices=DEVICES
    ),
    Moment(
        "pack-shared", "pack", pack.SHARED, person=PACKER, devices=DEVICES, toast=say(Code.ORDER_JOINED, order="50234")
    ),
    Moment(
        "pack-join-refused", "pack", pack.SHARED, say(Code.JOIN_REFUSED, order="50240", reason="other_address"), PACKER, devices=DEVICES
    ),
    Moment("pack-join-gone", "pack", pack.SHARED, say(Code.JOIN_GONE, order="50234", tote="T-0421"), PACKER, devices=DEVICES),
    Moment("pack-photo", "pack", pack.SHARED, person=PACKER, devices=DEVICES, acts=("photo",)),
    Moment("pack-put-down", "pack", replace(pack.BENCH, queue=pack.PUT_DOWN_TOTES), person=PACKER, devices=DEVICES),
    Moment(
        "pack-reopen", "pack", replace(pack.STICK, reopen="340123450000000018", prompt=say(Code.REOPEN_WHY)), person=PACKER,
        devices=DEVICES,
    ),
    Moment("pack-manifested", "pack", pack.BENCH, say(Code.PARCEL_MANIFESTED), PACKER, devices=DEVICES),
    Moment("pack-carton", "pack", pack.CARTON, person=PACKER, devices=DEVICES),
    Moment("pack-planned", "pack", pack.PLANNED, person=PACKER, devices=DEVICES),
    Moment("pack-picture", "pack", pack.PLANNED, person=PACKER, devices=DEVICES, acts=("picture",)),
    Moment("pack-planned-carton", "pack", pack.PLANNED_CARTON, person=PACKER, devices=DEVICES),
    Moment("pack-supplies", "pack", pack.PLANNED_WEIGHT, person=PACKER, devices=DEVICES),
    Moment("pack-weight", "pack", pack.WEIGH, person=PACKER, devices=DEVICES, weight=_on_scale(1204, stable=False)),
    Moment(
        "pack-too-light", "pack", pack.BLOCKED, say(Code.WEIGHT_OUT, grams=1846, expected=2310, tolerance=30, diff=-464), PACKER,
        devices=DEVICES, weight=_on_scale(1846),
    ),
    Moment("pack-let-pass", "pack", pack.BLOCKED, person=PACKER, devices=DEVICES, acts=("let_pass",)),
    Moment("pack-label", "pack", pack.STICK, person=PACKER, devices=DEVICES),
    Moment("pack-label-later", "pack", pack.PENDING, person=PACKER, devices=DEVICES),
    Moment("pack-no-label", "pack", pack.NO_LABEL, person=PACKER, devices=DEVICES),
    Moment(
        "pack-label-has-come", "pack", replace(pack.PACK, queue=pack.LATER), person=PACKER, devices=DEVICES,
        toast=say(Code.LABEL_HAS_COME, order="50228"),
    ),
    Moment("pack-unsure", "pack", pack.UNSURE, say(Code.LABEL_UNSURE), PACKER, devices=EMPTY_PRINTER),
    Moment("orders", "orders", ORDERS, person=BOSS, acts=("toggle:50198", "toggle:50205", "toggle:50219")),
    Moment("orders-service", "orders", SERVED, person=BOSS, acts=(f"toggle:{SERVED.orders[2].no}",)),
    Moment("orders-offline", "orders", replace(ORDERS, can_release=False, prompt=say(Code.NEEDS_CENTRE)), person=BOSS, link=OFFLINE),
    Moment("settings", "settings", None, person=PICKER, devices=DEVICES),
    Moment("devices", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES),
    Moment("devices-new", "devices", desk.DeskMoment(desk.NEW)),
    Moment("devices-faulty", "devices", desk.DeskMoment(desk.FAULTY), person=BOSS, devices=EMPTY_PRINTER),
    Moment(
        "devices-printer-faulty", "devices", desk.DeskMoment(desk.FAULTY), person=BOSS, devices=EMPTY_PRINTER,
        acts=(f"open:{desk.ZEBRA.key}",),
    ),
    Moment(
        "devices-no-rights", "devices", desk.DeskMoment(desk.FAULTY), person=PACKER, devices=EMPTY_PRINTER,
        acts=(f"open:{desk.BENCH_SCALE.key}",),
    ),
    Moment("devices-role", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, acts=(f"found:{desk.FOUND_ZEBRA.key}",)),
    Moment("devices-type", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, acts=("hand",)),
    Moment("devices-scale", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, acts=(f"open:{desk.BENCH_SCALE.key}",)),
    Moment(
        "devices-printed", "devices", desk.DeskMoment(desk.PRINTED), person=PACKER, devices=DEVICES, acts=(f"open:{desk.ZEBRA.key}",)
    ),
    Moment("devices-scan", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, scanned=desk.CORDED.key),
    Moment(
        "devices-azerty", "devices", desk.DeskMoment(scan=desk.AZERTY_SCAN), person=PACKER, devices=DEVICES, scanned=desk.WEDGE.key
    ),
    Moment(
        "devices-speak", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES,
        acts=(f"open:{desk.BENCH_SCALE.key}", "language"),
    ),
    Moment("devices-keyboard", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, acts=(f"open:{desk.WEDGE.key}",)),
    Moment("devices-check", "devices", desk.DeskMoment(), person=PACKER, devices=DEVICES, acts=("check",)),
    Moment("floor", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:devices",)),
    Moment("floor-dark", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:devices", "open:d7")),
    Moment("floor-reclaim", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:devices", "open:d7", "reclaim")),
    Moment("floor-why", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:devices", "open:d7", "reclaim", "go_on")),
    Moment("floor-jobs", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:jobs", "open:job1")),
    Moment("floor-people", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:people", "row:w1@d1")),
    Moment("floor-zones", "floor", floor.FloorMoment(counts=floor.STOPPED), person=BOSS, acts=("tab:people", "zones")),
    Moment("floor-exceptions", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:exceptions", "row:e1")),
    Moment("floor-settle", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:exceptions", "row:e2", "settle")),
    Moment("floor-waiting", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:jobs", "open:job90")),
    Moment("floor-recount", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:exceptions", "open:e5")),
    Moment("floor-planned", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:planned", "row:w1")),
    Moment("floor-plan", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:planned", "open:w2")),
    Moment("floor-wave-more", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:planned", "open:w2", "wave_more")),
    Moment("floor-wave-cancel", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:planned", "open:w1", "wave:cancel")),
    Moment("floor-wave-new", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:planned", "open:w1", "new_wave")),
    Moment("plans", "plans", walks.READY, person=BOSS, acts=("open:1",)),
    Moment("plans-list", "plans", walks.READY, person=BOSS),
    Moment("plans-map", "plans", walks.READY, person=BOSS, acts=("row:4", "map")),
    Moment("plans-orders", "plans", walks.READY, person=BOSS, acts=("page:orders", "open:50260")),
    Moment("plans-waits", "plans", walks.READY, person=BOSS, acts=("page:orders", "open:50311")),
    Moment("plans-rehearsal", "plans", walks.READY, person=BOSS, acts=("page:rehearsal",)),
    Moment("plans-compare", "plans", walks.READY, person=BOSS, acts=("page:compare",)),
    Moment("plans-another", "plans", walks.READY, person=BOSS, acts=("again",)),
    Moment("plans-use", "plans", walks.READY, person=BOSS, acts=("use",)),
    Moment("plans-none", "plans", walks.EMPTY, person=BOSS),
    Moment("plans-thinking", "plans", replace(walks.READY, plans=(walks.THINKING,)), person=BOSS),
    Moment("plans-failed", "plans", replace(walks.READY, plans=(walks.FAILED,)), person=BOSS),
    Moment("plans-used", "plans", replace(walks.READY, plans=(walks.USED,)), person=BOSS, acts=("open:1",)),
    Moment("plans-blind", "plans", walks.BLIND_MOMENT, person=BOSS),
    Moment("plans-outcome", "plans", walks.SAVING, person=BOSS, acts=("page:outcome",)),
    Moment("plans-rescue", "plans", walks.SAVING, person=BOSS, acts=("open:50231",)),
    Moment("plans-move", "plans", walks.SAVING, person=BOSS, acts=("move:0",)),
    Moment("reports", "reports", figures.READY, person=BOSS, acts=("row:fill_rate",)),
    Moment("reports-orders", "reports", figures.READY, person=BOSS, acts=("period:month", "open:orders")),
    Moment("reports-figure", "reports", figures.READY, person=BOSS, acts=("open:cycle_time",)),
    Moment("reports-day", "reports", figures.READY, person=BOSS, acts=("period:day",)),
    Moment("reports-mine", "reports", figures.SHOWN, person=PICKER, acts=("open:picks_per_hour",)),
    Moment("reports-mine-list", "reports", figures.READY, person=PICKER),
    Moment("reports-offline", "reports", figures.OLD, person=BOSS, link=OFFLINE),
    Moment("reports-never", "reports", figures.NEVER, person=BOSS, link=OFFLINE),
    Moment("plans-offline", "plans", walks.READY, person=BOSS, link=OFFLINE),
    Moment("floor-waves", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:waves", "row:a")),
    Moment("floor-offline", "floor", floor.FloorMoment(), person=BOSS, acts=("tab:devices", "row:d3"), link=OFFLINE),
    Moment(
        "home-doors", "home",
        HomeView(
            BOSS, JOBS, DOORS, say(Code.TAKE_NEXT_WORK),
            {"tasks": 4, "wall": 2},
        ),
        person=BOSS,
    ),
    Moment("load", "load", load.LIST, person=BOSS),
    Moment("load-empty", "load", load.EMPTY, person=PACKER),
    Moment("load-label", "load", load.LABEL, person=PACKER),
    Moment("load-build", "load", load.BUILD, person=PACKER, toast=say(Code.PARCEL_ON, n=14), link=OFFLINE),
    Moment(
        "load-wrong-carrier", "load", load.BUILD, say(Code.OTHER_CARRIER, scanned="PostNL", needed="DHL"), PACKER
    ),
    Moment("load-off", "load", load.OFF, person=PACKER),
    Moment("load-wrapped", "load", load.WRAPPED, person=PACKER),
    Moment("load-list-again", "load", load.LISTED, person=PACKER, acts=("paper",)),
    Moment("load-truck", "load", load.FILL, person=PACKER),
    Moment("load-unlisted", "load", load.FILL, say(Code.NOT_MANIFESTED, n=3), BOSS),
    Moment("load-leave", "load", load.LEAVE, person=PACKER),
    Moment("load-driver", "load", load.DRIVER, person=PACKER),
    Moment("load-seal", "load", load.SEAL, person=PACKER),
    Moment("load-sign", "load", load.SIGN, person=PACKER, acts=(f"strokes:{load.STROKES}",)),
    Moment("load-gone", "load", load.GONE, person=PACKER),
    Moment("pickup", "pickup", bench.PICKUP_LIST, person=PICKER),
    Moment("pickup-empty", "pickup", bench.PICKUP_EMPTY, person=PICKER),
    Moment("pickup-aside", "pickup", bench.ASIDE, person=PICKER, toast=say(Code.PICKUP_PIECE, n=1), link=OFFLINE),
    Moment("pickup-stands", "pickup", bench.STANDS, person=PICKER),
    Moment("pickup-name", "pickup", bench.NAME, person=PICKER),
    Moment("pickup-code", "pickup", bench.NAME, person=PICKER, acts=("type_code",)),
    Moment("pickup-wrong-code", "pickup", bench.NAME, say(Code.PICKUP_WRONG_CODE), PICKER),
    Moment("pickup-pieces", "pickup", bench.PIECES, person=PICKER),
    Moment("pickup-sign", "pickup", bench.SIGN, person=PICKER, acts=(f"strokes:{load.STROKES}",)),
    Moment("pickup-why", "pickup", bench.WHY, person=PICKER),
    Moment("pickup-gone", "pickup", bench.GONE, person=PICKER),
    Moment("pickup-back", "pickup", bench.BACK, person=PICKER),
    Moment("returns", "returns", returned.BOX, person=PICKER),
    Moment("returns-item", "returns", returned.ITEM, person=PICKER, toast=say(Code.RETURN_KEPT, n=1)),
    Moment("returns-grade", "returns", returned.GRADE, person=PICKER),
    Moment("returns-wrong", "returns", returned.GRADE, say(Code.RETURN_GRADE_FIRST), PICKER),
    Moment("returns-place", "returns", returned.PLACE, person=PICKER, link=OFFLINE),
    Moment("returns-scrap", "returns", returned.SCRAP, person=PICKER),
    Moment("returns-announced", "returns", returned.ANNOUNCED, person=PICKER, link=OFFLINE),
    Moment("returns-over", "returns", returned.OVER, person=PICKER),
    *(
        Moment(f"receive-{name}" if name else "receive", "receive", view, person=PICKER)
        for name, view in (
            ("", goods_in.LIST), ("empty", goods_in.EMPTY), ("goods", goods_in.GOODS), ("hand", goods_in.HAND),
            ("lot", goods_in.LOT), ("day", goods_in.DAY), ("blind", goods_in.BLIND), ("done", goods_in.DONE),
            ("labels", goods_in.LABELS), ("printed", goods_in.PRINTED), ("done-labels", goods_in.DONE_LABELLED),
        )
    ),
    Moment("receive-unsure", "receive", goods_in.UNSURE, say(Code.GOODS_LABEL_UNSURE), PICKER, link=OFFLINE),
    Moment("receive-too-many-labels", "receive", goods_in.LABELS, say(Code.RECEIVE_LABELS_MOST, n=46), PICKER),
    Moment("returns-desk", "returns_desk", back_desk.DeskMoment(), person=BOSS),
    Moment("returns-desk-asked", "returns_desk", back_desk.DeskMoment(), person=BOSS, acts=("open:RMA-000041",)),
    Moment("returns-desk-odd", "returns_desk", back_desk.DeskMoment(), person=BOSS, acts=("filter:decide", "open:RMA-000042")),
    Moment(
        "returns-desk-label", "returns_desk", back_desk.DeskMoment(found=(back_desk.APPROVED, *back_desk.FOUND)), person=BOSS,
        acts=("open:RMA-000043",),
    ),
    Moment("returns-desk-part", "returns_desk", back_desk.DeskMoment(), person=BOSS, acts=("open:RMA-000042", "ask:part")),
    Moment(
        "returns-desk-refused", "returns_desk", back_desk.DeskMoment(refused="return_changed_meanwhile"), person=BOSS,
        acts=("open:RMA-000041", "ask:approve", "choose:yes"),
    ),
    Moment("returns-desk-figures", "returns_desk", back_desk.DeskMoment(), person=BOSS, acts=("open:RMA-000042", "tab:timeline")),
    Moment("returns-desk-none", "returns_desk", back_desk.DeskMoment(found=()), person=BOSS, acts=("search:jnasen",)),
    Moment("returns-desk-away", "returns_desk", back_desk.DeskMoment(away=True), person=BOSS, link=OFFLINE),
    Moment("buying", "buying", buyer.BuyMoment(), person=BOSS),
    Moment("buying-approve", "buying", buyer.BuyMoment(), person=BOSS, acts=("open:PO-MAIN-00118", "ask:approve")),
    Moment("buying-undelivered", "buying", buyer.BuyMoment(), person=BOSS, acts=("open:PO-MAIN-00116",)),
    Moment("buying-late", "buying", buyer.BuyMoment(), person=BOSS, acts=("filter:late", "open:PO-MAIN-00112")),
    Moment("buying-confirm", "buying", buyer.BuyMoment(), person=BOSS, acts=("open:PO-MAIN-00112", "ask:confirm", "entered:A-1")),
    Moment(
        "buying-refused", "buying", buyer.BuyMoment(refused="purchase_changed_meanwhile"), person=BOSS,
        acts=("open:PO-MAIN-00118", "ask:approve", "choose:yes"),
    ),
    Moment("buying-alerts", "buying", buyer.BuyMoment(), person=BOSS, acts=("open:PO-MAIN-00118", "tab:timeline")),
    Moment("buying-well", "buying", buyer.BuyMoment(found=(), alerts=()), person=BOSS, acts=("tab:timeline",)),
    Moment("buying-away", "buying", buyer.BuyMoment(away=True), person=BOSS, link=OFFLINE),
    Moment("workbench", "workbench", bench.BenchMoment(), person=BOSS),
    Moment("workbench-order", "workbench", bench.BenchMoment(), person=BOSS, acts=("open:N-104512",)),
    Moment("workbench-held", "workbench", bench.BenchMoment(), person=BOSS, acts=("filter:held", "open:N-104511")),
    Moment("workbench-release", "workbench", bench.BenchMoment(), person=BOSS, acts=("open:N-104511", "ask:release")),
    Moment(
        "workbench-address", "workbench", bench.BenchMoment(), person=BOSS,
        acts=("open:N-104511", "ask:release", "choose:h1", "entered:Bakkerij De Molen BV", "entered:Havenweg 12"),
    ),
    Moment("workbench-timeline", "workbench", bench.BenchMoment(), person=BOSS, acts=("open:N-104512", "tab:timeline")),
    Moment(
        "workbench-changed", "workbench", bench.BenchMoment(refused=("order.changed", "order.note")), person=BOSS,
        acts=("open:N-104512", "ask:cancel", "choose:all", "entered:Customer rang"),
    ),
    Moment("workbench-none", "workbench", bench.BenchMoment(found=()), person=BOSS, acts=("search:jnasen",)),
    Moment("entry", "entry", entry.EntryMoment(), person=BOSS),
    Moment(
        "entry-lines", "entry", entry.EntryMoment(), person=BOSS,
        acts=("entered:2*TEA-EG", "entered:CUP-BL", "customer", "typed:ada", "entered:ada"),
    ),
    Moment("entry-customer", "entry", entry.EntryMoment(), person=BOSS, acts=("customer", "typed:jans")),
    Moment(
        "entry-held", "entry", entry.EntryMoment(holds=("order_bad_postcode",)), person=BOSS,
        acts=("entered:TEA-EG", "customer", "typed:bob", "entered:bob"),
    ),
    Moment("entry-way", "entry", entry.EntryMoment(), person=BOSS, acts=("entered:TEA-EG", "way")),
    Moment("entry-new", "entry", entry.EntryMoment(), person=BOSS, acts=("new_customer", "entered:Ada Jansen")),
    Moment("entry-no-item", "entry", entry.EntryMoment(), person=BOSS, acts=("entered:KOP",)),
    Moment("entry-away", "entry", entry.EntryMoment(away=True, waiting=2), person=BOSS, link=OFFLINE, acts=("entered:TEA-EG",)),
    Moment("workbench-away", "workbench", bench.BenchMoment(away=True), person=BOSS, link=OFFLINE),
    Moment("manifests", "manifests", load.Lists(), person=BOSS),
    Moment("manifests-sure", "manifests", load.Lists(), person=BOSS, acts=("close_list:DHL",)),
    Moment("wall-waiting", "wall", work.WALL_QUEUE, person=PACKER),
    Moment("wall", "wall", work.WALL, person=PACKER, toast=say(Code.SLOT_COMPLETE, slot="W1-04", order="50244")),
    Moment("wall-slot", "wall", work.INTO, person=PACKER),
    Moment("wall-wrong-slot", "wall", work.INTO, say(Code.WRONG_SLOT, scanned="W1-08", needed="W1-03"), PACKER),
    Moment("wall-extra", "wall", work.EXTRA, person=PACKER),
    Moment("wall-missing", "wall", work.MISSING, person=PACKER),
    Moment("wall-close", "wall", work.CLOSE, person=PACKER),
    Moment("zone-choose", "zone", work.CHOOSE, person=PICKER),
    Moment("zone", "zone", work.ZONE, person=PICKER, link=OFFLINE),
    Moment("zone-empty", "zone", replace(work.ZONE, lines=(), waiting=(), mine=()), person=PICKER),
    Moment("zone-wrong", "zone", work.ZONE, say(Code.NOT_IN_ZONE, what="B-02-07", zone="A"), PICKER),
    Moment("zone-unload", "zone", work.UNLOAD, person=PICKER),
    Moment("zone-place", "zone", work.SET_DOWN, person=PICKER),
    Moment("tasks", "tasks", work.TASK_LIST, person=PICKER),
    Moment("tasks-from", "tasks", work.FETCH, person=PICKER),
    Moment("tasks-item", "tasks", work.TAKE, person=PICKER, toast=say(Code.IN_HAND, n=12)),
    Moment(
        "tasks-wrong-item", "tasks", replace(work.TAKE, scanned=work.LEMON),
        say(Code.WRONG_ITEM, scanned="FH1001", needed="FH1000"), PICKER,
    ),
    Moment("tasks-to", "tasks", work.BRING, person=PICKER),
    Moment("tasks-short", "tasks", work.GIVE_UP, person=PICKER),
    Moment("tasks-bin", "tasks", work.COUNT_BIN, person=PICKER),
    Moment("tasks-count", "tasks", work.COUNT, person=PICKER),
    Moment("tasks-number", "tasks", work.NUMBER, person=PICKER),
)  # fmt: skip
