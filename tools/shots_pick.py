"""Pick screens beyond the plain walk, for `tools.shots`: carts, slots, put-backs, careful lines, questions."""

from __future__ import annotations

from dataclasses import replace

from app.core.messages import Code, Message, say
from app.core.views import CartSlotCard, ItemCard, PickStep, PickView

OLIVE = ItemCard("FH1000", "Hand wash Olive, 500 ml refill", "9501101000008", "#5c8f2e", expiry="2027-03-31")
LEMON = ItemCard("FH1001", "Hand wash Lemon, 500 ml refill", "9501101000015", "#d9b310")
TOOL = ItemCard("FH1090", "Torque wrench, half inch", "9501101000909", "#8d99a6")

WALK = PickView(
    job="j1", order="50231", step=PickStep.ITEM, prompt=say(Code.SCAN_MORE, n=3), line=4, lines=6, lines_done=3, bin="A-12-03",
    bin_confirmed=True, next_bin="A-14-22", item=OLIVE, take=5, in_hand=2, tote="T-0417", lane="PACK-1", can_undo=True,
    can_skip=True, can_short=True, can_type=True, can_call=True, can_fill=True, can_substitute=True,
)  # fmt: skip


def _slots(units: tuple[int, ...] = (3, 0, 2, 0, 0, 0), here: int = 0) -> tuple[CartSlotCard, ...]:
    words = ("filling", "done", "filling", "empty", "cancelled", "filling")
    return tuple(
        CartSlotCard(
            n, f"{50230 + n}", None if word == "empty" else f"T-{40 + n:04d}", word, units[n - 1], here=n == here
        )
        for n, word in enumerate(words, 1)
    )


CART = replace(
    WALK, method="cluster", orders=6, cart="CART-7", slots=_slots(), tote=None, line=7, lines=18, lines_done=6,
    can_fill=False, can_unload=True,
)  # fmt: skip
EMPTY_CART = tuple(replace(slot, tote=None, state="empty", units=0) for slot in _slots(here=1))
SORT = replace(
    CART,
    step=PickStep.SORT,
    prompt=say(Code.PUT_INTO_SLOT, n=3, slot=1, tote="T-0041"),
    slots=_slots(here=1),
    slot=1,
    slot_tote="T-0041",
    hand=3,
    can_fill=True,
)
BACK = replace(
    WALK, step=PickStep.BACK_BIN, prompt=say(Code.PUT_BACK_TO, n=2, bin="B-12-03"), bin="B-12-03", bin_confirmed=False,
    back=True, take=2, in_hand=0, banner=say(Code.ORDER_TAKEN_AWAY, order="50231", n=6),
)  # fmt: skip

#: Name, view, what is said, acts that lead there.
VIEWS: tuple[tuple[str, PickView, Message | None, tuple[str, ...]], ...] = (
    ("cart", replace(CART, step=PickStep.CART, prompt=say(Code.SCAN_CART), slots=EMPTY_CART), None, ()),
    (
        "slots",
        replace(CART, step=PickStep.SLOTS, prompt=say(Code.SCAN_SLOT_TOTE, slot=1), slots=EMPTY_CART, slot=1),
        None,
        (),
    ),
    ("cluster", CART, None, ()),
    ("sort", SORT, None, ()),
    ("wrong-slot", SORT, say(Code.WRONG_SLOT, scanned=3, needed=1), ()),
    (
        "slot-new-tote",
        replace(SORT, prompt=say(Code.SCAN_SLOT_TOTE, slot=1), slot_tote=None),
        None,
        (),
    ),
    ("unload", replace(CART, step=PickStep.DROP, prompt=say(Code.UNLOAD_CART), lines_done=18), None, ()),
    ("back", BACK, None, ()),
    ("back-item", replace(BACK, step=PickStep.BACK_ITEM, prompt=say(Code.SCAN_BACK_UNITS, n=2)), None, ()),
    (
        "check",
        replace(WALK, step=PickStep.CHECK, prompt=say(Code.SCAN_ONCE_MORE), others=(LEMON,)),
        None,
        (),
    ),
    (
        "short-slots",
        replace(
            CART, step=PickStep.SHORT, prompt=say(Code.CHOOSE_SHORT_REASON, n=3), losers=(("50233", 2), ("50231", 1))
        ),
        None,
        (),
    ),
    (
        "take-out",
        replace(
            WALK, step=PickStep.REMOVE, prompt=say(Code.SCAN_TO_REMOVE), item=TOOL, serials=("SN-48213", "SN-48219")
        ),
        None,
        (),
    ),
    (
        "substitute",
        replace(WALK, step=PickStep.SUBSTITUTE, prompt=say(Code.SCAN_SUBSTITUTE, n=3), others=(LEMON,)),
        None,
        (),
    ),
    ("empty", replace(WALK, step=PickStep.EMPTY, prompt=say(Code.IS_IT_EMPTY, bin="A-12-03")), None, ()),
    ("full", replace(WALK, step=PickStep.FULL, prompt=say(Code.WHERE_IS_FULL_TOTE, tote="T-0417")), None, ()),
    ("number", WALK, None, ("ask:qty",)),
    ("note", replace(WALK, step=PickStep.SHORT, prompt=say(Code.CHOOSE_SHORT_REASON, n=3)), None, ("short:other",)),
    ("other-lot", WALK, say(Code.FEFO_EARLIER, lot="L2209"), ()),
    (
        "parts",
        replace(
            WALK, step=PickStep.DROP, prompt=say(Code.PARTS_HERE, n=2, of=3, lane="PACK-1"), legs=3, parts_here=2,
            part=3, lines_done=6,
        ),
        None,
        (),
    ),
    (
        "done-cancelled",
        replace(BACK, step=PickStep.DONE, prompt=say(Code.TAKE_NEXT_WORK)),
        None,
        (),
    ),
)  # fmt: skip
