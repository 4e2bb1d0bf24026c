"""Everything Floorhand can say to a person, as codes with words. Prose lives in `app/ui/texts.py` and the translations.

`LOOK` is the one table that gives each code its tone (colour and icon) and its cue (sound).
"""

from dataclasses import dataclass, field

from app.core.codes import Code as Code
from app.core.looks import Cue as Cue
from app.core.looks import Look as Look
from app.core.looks import Tone as Tone

_ASK = Look(Tone.ASK)
_GOOD = Look(Tone.GOOD, Cue.GOOD)
_DONE = Look(Tone.GOOD, Cue.LINE_DONE)
_WARN = Look(Tone.WARN, Cue.WARN, sticky=True)
_BAD = Look(Tone.BAD, Cue.WRONG_ITEM, sticky=True)
_WORLD = Look(Tone.WARN, Cue.WARN)
_CALL = Look(Tone.WARN, Cue.CALL, sticky=True)

_BY_GROUP: dict[Look, tuple[Code, ...]] = {
    _ASK: (
        Code.SCAN_BADGE, Code.ENTER_PIN, Code.SCAN_TOTE, Code.SCAN_BIN, Code.SCAN_ITEM, Code.SCAN_MORE, Code.SCAN_LOT,
        Code.SCAN_SERIAL, Code.SCAN_LANE, Code.CHOOSE_SHORT_REASON, Code.ALL_PICKED, Code.TAKE_NEXT_WORK,
        Code.SCAN_TOTE_TO_PACK, Code.SCAN_UNITS, Code.CHOOSE_CARTON, Code.PUT_ON_SCALE, Code.WAIT_FOR_STEADY, Code.LIFT_AGAIN,
        Code.WAIT_FOR_LABEL, Code.SCAN_LABEL, Code.LABEL_UNSURE_ASK, Code.PARCEL_DONE, Code.CHOOSE_ORDERS, Code.PAIR_DEVICE,
        Code.HAND_OVER_START, Code.HAND_OVER_SHOW, Code.HAND_OVER_TAKE, Code.HAND_OVER_CODE,
        Code.UNLOCK, Code.WAIT_FOR_PARCEL, Code.LABEL_PENDING, Code.WAIT_FOR_GOODS, Code.WHY_ASIDE, Code.SCAN_ASIDE_PLACE, Code.REOPEN_WHY,
        Code.NEEDS_SUPERVISOR, Code.SCAN_JOIN_TOTE,
    ),
    _GOOD: (
        Code.WORK_TAKEN_BACK, Code.PLAN_USED,
        Code.SIGNED_IN, Code.UNLOCKED, Code.TOTE_BOUND, Code.BIN_RIGHT, Code.UNIT_COUNTED, Code.TOTE_OPENED, Code.UNIT_PACKED,
        Code.NO_CARTON, Code.PARCEL_CLOSED, Code.PARCEL_BEGUN, Code.GOODS_SENT_FOR, Code.OTHER_SENT_FOR, Code.GOODS_HERE,
        Code.TOTE_ASIDE, Code.ORDER_JOINED, Code.ORDER_PARTED, Code.PHOTO_KEPT, Code.PARCEL_REOPENED, Code.PAPERS_COMING,
        Code.CARTON_CHOSEN, Code.SUPPLIES_IN, Code.WEIGHT_RIGHT, Code.LABEL_PRINTED, Code.ORDERS_RELEASED, Code.UNDONE,
        Code.MOVE_UNDONE, Code.SKIPPED,
        Code.SHORT_NOTED, Code.PAIRED, Code.SAVED, Code.CENTRE_BACK, Code.DEVICE_IN_USE, Code.DEVICE_REMOVED,
        Code.SCANNER_HEARD, Code.TEST_LABEL_FINE, Code.CHECK_FINE, Code.HAND_OVER_READY, Code.HAND_OVER_PICTURE,
    ),
    _DONE: (
        Code.LINE_DONE, Code.ORDER_PICKED, Code.PACK_LINE_DONE, Code.PARCEL_SHIPPED, Code.PART_SHIPPED, Code.TEST_LABEL_READ,
        Code.HAND_OVER_TAKEN, Code.HAND_OVER_CONFIRMED,
    ),
    _WARN: (
        Code.WEIGHT_MISSING, Code.WEIGHT_EXTRA, Code.WEIGHT_SWAPPED, Code.WEIGHT_TWO_MISSING, Code.WEIGHT_TWO_EXTRA,
        Code.WEIGHT_CARTON, Code.WEIGHT_FILLING, Code.WEIGHT_ELSE,
        Code.GOODS_NOT_HAD,
        Code.CONFIRM_AGAIN, Code.FEFO_EARLIER, Code.WEIGHT_OUT, Code.LABEL_UNSURE, Code.AMBIGUOUS_SCAN, Code.SEPARATOR_LOST,
        Code.LEASE_OVER, Code.STORAGE_FULL, Code.SOMETHING_BROKE, Code.TEST_LABEL_MISSING, Code.KEYBOARD_LAYOUT,
    ),
    Look(Tone.BAD, Cue.WRONG_BIN, sticky=True): (
        Code.NOT_AN_ASIDE_PLACE, Code.WRONG_BIN, Code.SCAN_BIN_FIRST, Code.NOT_A_LANE, Code.NOT_A_TOTE,
    ),
    Look(Tone.BAD, Cue.TOO_MANY, sticky=True): (Code.TOO_MANY,),
    Look(Tone.BAD, Cue.DUPLICATE, sticky=True): (Code.DUPLICATE_SERIAL,),
    Look(Tone.BAD, Cue.DUPLICATE): (Code.BOARD_GONE, Code.BOARD_NOT_HERE,
        Code.DUPLICATE_SCAN, Code.NOTHING_TO_UNDO, Code.NOT_NOW, Code.HAND_OVER_TORN, Code.HAND_OVER_NO_PICTURE,
    ),
    _BAD: (
        Code.BOARD_BEGUN, Code.BOARD_TOO_LATE, Code.WAVE_BEGUN, Code.WAVE_NOTHING_FREE, Code.WAVE_EMPTY, Code.WAVE_ORDERS_TAKEN,
        Code.WAVE_TOO_FEW, Code.WAVE_NOTHING_FOUND, Code.PLAN_TOO_MANY, Code.RESCUE_REFUSED,
        Code.WRONG_ITEM, Code.WRONG_LOT, Code.UNKNOWN_CODE, Code.TOTE_IN_USE, Code.TOTE_UNKNOWN_HERE, Code.WRONG_TOTE,
        Code.JOIN_REFUSED, Code.JOIN_GONE, Code.PART_FIRST, Code.PHOTO_BAD,
        Code.GOODS_ON_THE_WAY, Code.PARCEL_MANIFESTED, Code.PARCEL_ON_PALLET, Code.PARCEL_STILL_OPEN, Code.PARCEL_VOID,
        Code.PARCEL_EMPTY, Code.PARCEL_UNKNOWN,
        Code.NOT_IN_ORDER, Code.WRONG_LABEL, Code.LABEL_VOID, Code.LABEL_VOID_NOW, Code.CARTON_TOO_SMALL, Code.NOT_ALLOWED,
        Code.BADGE_UNKNOWN, Code.WRONG_PIN,
        Code.SIGN_IN_LOCKED, Code.JOB_GONE, Code.TAKEN_BY, Code.NOT_ENOUGH_STOCK, Code.RELEASE_REFUSED, Code.PAIRING_REFUSED,
        Code.DEVICE_TAKEN, Code.DEVICE_GONE, Code.ADDRESS_WRONG,
        Code.HAND_OVER_FOREIGN, Code.HAND_OVER_FORGED, Code.HAND_OVER_OTHER_SITE, Code.HAND_OVER_OTHER_TIME, Code.HAND_OVER_REVOKED,
        Code.HAND_OVER_OWN, Code.HAND_OVER_TWICE, Code.HAND_OVER_NOTHING, Code.HAND_OVER_TOO_MUCH, Code.HAND_OVER_WRONG_CODE,
        Code.PAIRING_TYPO, Code.PAIRING_NOBODY, Code.FACTS_FIRST,
    ),
    _WORLD: (
        Code.DEVICES_DARK, Code.BOARD_CHANGED, Code.PLAN_USED_PARTLY, Code.FACTS_WAIT,
        Code.LEASE_ENDING, Code.NOT_STABLE, Code.DEVICE_FAULT, Code.PRINTER_OUT_OF_LABELS, Code.PRINTER_OPEN,
        Code.PRINTER_PAUSED, Code.PRINTER_OUT_OF_RIBBON, Code.LABEL_FAILED, Code.LABEL_PROBLEM, Code.CHECK_GROUP,
        Code.CHECK_RULE, Code.CHECK_SERVICE, Code.CHECK_SIGN_IN, Code.CHECK_REPLUG, Code.HAND_OVER_BATTERY,
    ),
    Look(Tone.INFO): (
        Code.JOIN_NOBODY, Code.NO_PHOTO,
        Code.NO_PAPERS, Code.NO_WORK, Code.NO_WORK_OFFLINE, Code.NEEDS_CENTRE, Code.APPLIED_LATE, Code.SAVED_SUPPORT_INFORMED,
        Code.HAND_OVER_AGAIN, Code.UPDATE_SOON, Code.CENTRE_RESTORED,
    ),
    Look(Tone.INFO, sticky=True): (Code.TRAFFIC_SAVED,),
    Look(Tone.INFO, Cue.ASK): (Code.LABEL_HAS_COME, Code.LABEL_CALLED_BACK),
    Look(Tone.WARN, Cue.AWAY): (Code.CENTRE_AWAY,),
    _CALL: (Code.PACK_HELD, Code.TAKE_OFF_PALLET, Code.PALLET_DIFFERS, Code.NOT_INTO_TRUCK, Code.NO_CARTON_FITS,
        Code.FIND_TOTE, Code.RECOUNT_DIFFERS,
        Code.SUBSTITUTE_ASKED, Code.NO_MANS_LAND, Code.TASK_NOT_DONE,
        Code.SIGNED_OUT_BY_CENTRE, Code.DEVICE_SHUT_OUT, Code.SERVER_KEY_CHANGED, Code.APP_OUTDATED,
        Code.PUT_BACK, Code.COUNT_BIN, Code.ORDER_CANCELLED, Code.ORDER_NOT_PICKED, Code.HAND_OVER_VOID,
        Code.ZONE_STOPPED, Code.OWN_COUNT,
    ),
}  # fmt: skip

#: The same for the put wall, zones and tasks on stock.
_OF_WORK: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.SCAN_BULK_TOTE, Code.SCAN_UNIT, Code.PUT_IN_SLOT, Code.SCAN_EXCEPTION_TOTE, Code.CONFIRM_MISSING,
        Code.SCAN_EMPTY_TOTE, Code.SORT_DONE, Code.CHOOSE_ZONE, Code.ZONE_WORK, Code.UNLOAD_TOTE,
        Code.SET_DOWN_AT, Code.CHOOSE_TASK, Code.BRING_TO, Code.BRING_ANYWHERE, Code.COUNT_GOODS,
        Code.TYPE_COUNT, Code.TASK_FINISHED,
    )),
    (_GOOD, (
        Code.SORT_OPENED, Code.UNIT_FOR_SLOT, Code.PUT_DONE, Code.EXTRA_NOTED, Code.ZONE_ENTERED,
        Code.ZONE_LEFT, Code.TOTE_RECEIVED, Code.GOODS_COUNTED, Code.IN_HAND,
    )),
    (_WORLD, (Code.UNIT_FOR_NOBODY,)),
    (_DONE, (Code.SLOT_COMPLETE, Code.SORT_CLOSED, Code.TOTE_SET_DOWN, Code.COUNT_SAVED, Code.GOODS_MOVED,)),
    (Look(Tone.BAD, Cue.WRONG_BIN, sticky=True), (Code.WRONG_SLOT, Code.SLOT_FIRST, Code.LANE_FIXED, Code.SCAN_FIRST, Code.SCALE_UNCLEAR,)),
    (_BAD, (
        Code.WALL_FULL, Code.NOT_IN_ZONE, Code.NO_WORK_AT, Code.LINES_OPEN, Code.TASK_GONE,
        Code.FINISH_HAND_FIRST,
    )),
    (Look(Tone.BAD, Cue.TOO_MANY, sticky=True), (Code.SUMS_OPEN, Code.COUNT_TOO_LARGE,)),
    (Look(Tone.ASK, Cue.CALL), (Code.LEG_ARRIVED,)),
    (Look(Tone.ASK, Cue.ASK), (Code.COUNT_AGAIN, Code.CHECK_SUPPLIES)),
    (_WARN, (Code.COUNTS_DIFFER,)),
)  # fmt: skip

#: The same for orders that customers fetch in the store.
_OF_PICKUP: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.PICKUP_SCAN, Code.PICKUP_SCAN_PIECE, Code.PICKUP_SCAN_SHELF, Code.PICKUP_STANDS, Code.PICKUP_CHECK_NAME,
        Code.PICKUP_SCAN_OUT, Code.PICKUP_ALL_HERE, Code.PICKUP_SIGN, Code.PICKUP_WHY, Code.PICKUP_BACK, Code.PICKUP_OVER,
    )),
    (_GOOD, (Code.PICKUP_PIECE, Code.PICKUP_CODE_RIGHT)),
    (_DONE, (Code.PICKUP_READY, Code.PICKUP_HANDED)),
    (_WORLD, (Code.PICKUP_GOES_BACK, Code.PICKUP_NOT_READY)),
    (_WARN, (Code.ORDER_NOT_DONE, Code.ORDER_CHANGED)),
    (_BAD, (Code.PICKUP_WRONG_CODE, Code.PICKUP_OTHERS, Code.PICKUP_NOT_OF_IT, Code.PICKUP_NOT_HERE, Code.PICKUP_SIGN_FIRST)),
    (Look(Tone.BAD, Cue.DUPLICATE, sticky=True), (Code.PICKUP_TWICE,)),
)  # fmt: skip

#: The same for goods that customers send back.
_OF_RETURNS: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.RETURN_SCAN_BOX, Code.RETURN_SCAN_ITEM, Code.RETURN_GRADE, Code.RETURN_PLACE, Code.RETURN_PLACE_ANY, Code.RETURN_OVER,
    )),
    (_GOOD, (Code.RETURN_OPENED, Code.RETURN_UNIT, Code.RETURN_KEPT)),
    (_WARN, (Code.RETURN_NOT_ANNOUNCED,)),
    (_DONE, (Code.RETURN_DONE,)),
    (_BAD, (Code.RETURN_NOT_ITEM, Code.RETURN_ITEM_FIRST, Code.RETURN_GRADE_FIRST, Code.RETURN_BIN_FIRST, Code.RETURN_TOO_MANY)),
)  # fmt: skip

#: The same for goods that come in.
_OF_RECEIVING: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.RECEIVE_SCAN, Code.RECEIVE_GOODS, Code.RECEIVE_PLACE, Code.RECEIVE_HOW_MANY, Code.RECEIVE_LOT, Code.RECEIVE_DAY,
        Code.RECEIVE_SERIAL, Code.RECEIVE_LABELS,
    )),
    (_GOOD, (Code.RECEIVE_LABELS_SENT,)),
    (_DONE, (Code.RECEIVED_AT, Code.RECEIVE_DONE)),
    (_WORLD, (Code.RECEIVE_OVER, Code.RECEIVE_BROKEN)),
    (_WARN, (
        Code.GOODS_NOT_ORDERED, Code.DELIVERY_OVER, Code.DELIVERY_SHORT, Code.RECEIVE_NO_LABEL, Code.GOODS_LABEL_FAILED,
        Code.GOODS_LABEL_UNSURE,
    )),
    (_BAD, (Code.RECEIVE_NOT_ON_IT, Code.RECEIVE_NOT_HERE, Code.RECEIVE_BAD_DAY, Code.RECEIVE_LABELS_MOST)),
    (Look(Tone.BAD, Cue.DUPLICATE, sticky=True), (Code.RECEIVE_TWICE,)),
)  # fmt: skip

#: The same for orders that are typed.
_OF_ENTRY: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_DONE, (Code.ENTRY_TAKEN,)),
    (_WORLD, (Code.ENTRY_HELD, Code.ENTRY_WAITS)),
    (_BAD, (Code.ENTRY_REFUSED, Code.ENTRY_NO_ITEM, Code.ENTRY_NO_LINES, Code.ENTRY_NO_NAME, Code.ENTRY_TOO_MANY)),
)  # fmt: skip

#: The same for pallets, trucks and manifests.
_OF_LOADING: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.SCAN_PALLET_OR_TRUCK, Code.SCAN_PALLET_LABEL, Code.SCAN_PARCEL_ONTO, Code.SCAN_PARCEL_OFF, Code.PALLET_WRAPPED,
        Code.SCAN_INTO_TRUCK, Code.SCAN_OUT_OF_TRUCK, Code.LEAVE_BEHIND, Code.TYPE_DRIVER, Code.TYPE_PLATE, Code.TYPE_SEAL,
        Code.DRIVER_SIGNS, Code.TRUCK_GONE,
    )),
    (_GOOD, (
        Code.PALLET_OPENED, Code.PARCEL_ON, Code.PARCEL_OFF, Code.INTO_TRUCK, Code.OUT_OF_TRUCK, Code.AT_DOOR,
        Code.PALLET_LABEL_SENT, Code.PAPER_KEPT,
    )),
    (_DONE, (Code.PALLET_CLOSED, Code.LOAD_HANDED_OVER, Code.MANIFEST_CLOSED,)),
    (_WORLD, (Code.PARCEL_ON_UNCHECKED,)),
    (Look(Tone.BAD, Cue.WRONG_BIN, sticky=True), (
        Code.OTHER_CARRIER, Code.OTHER_PALLET_OPEN, Code.ON_OTHER_PALLET, Code.SCAN_ITS_PALLET, Code.SCAN_PALLET_FIRST,
    )),
    (Look(Tone.BAD, Cue.DUPLICATE, sticky=True), (Code.ALREADY_ON_PALLET, Code.ALREADY_IN_TRUCK,)),
    (Look(Tone.BAD, Cue.TOO_MANY, sticky=True), (Code.PARCEL_LEFT, Code.PALLET_LEFT,)),
    (_BAD, (
        Code.PARCEL_IS_VOID, Code.PALLET_NOT_WRAPPED, Code.PALLET_IS_EMPTY, Code.TRUCK_IS_EMPTY, Code.NOT_ON_PALLET,
        Code.NOT_IN_TRUCK, Code.NOT_LABELLED, Code.NOT_MANIFESTED, Code.PARCEL_NOT_KNOWN,
    )),
    (_WARN, (Code.NO_PALLET_NUMBERS, Code.NOTHING_TO_HAND_OVER, Code.NO_LABEL_PRINTER, Code.PALLET_LABEL_FAILED,)),
)  # fmt: skip

#: The same for the ways of picking.
_OF_PICKING: tuple[tuple[Look, tuple[Code, ...]], ...] = (
    (_ASK, (
        Code.SCAN_CART, Code.SCAN_SLOT_TOTE, Code.PUT_INTO_SLOT, Code.PUT_INTO_TOTE, Code.SCAN_SUBSTITUTE,
        Code.SCAN_LANE_FOR_TOTE, Code.UNLOAD_CART, Code.PARTS_HERE, Code.SCAN_ONCE_MORE, Code.SCAN_TO_REMOVE,
        Code.IS_IT_EMPTY, Code.WHERE_IS_FULL_TOTE, Code.PUT_BACK_TO, Code.SCAN_BACK_UNITS,
    )),
    (_GOOD, (
        Code.CART_BOUND, Code.SLOT_BOUND, Code.SLOTS_LATER, Code.TOTE_IN_HAND, Code.TOTE_CLOSED, Code.BIN_EMPTY_NOTED,
        Code.BIN_NOT_EMPTY_NOTED, Code.GOODS_CALLED, Code.SUBSTITUTE_TAKEN, Code.CUSTOMER_ASKED,
    )),
    (_DONE, (Code.CART_UNLOADED, Code.PUT_BACK_DONE,)),
    (Look(Tone.ASK, Cue.ASK), (Code.CHECK_IT,)),
    (_WARN, (Code.OTHER_LOT, Code.REST_LATER, Code.OFFER_TAKE_OVER,)),
    (Look(Tone.BAD, Cue.WRONG_BIN, sticky=True), (Code.SCAN_ITS_BIN_FIRST, Code.NOT_A_CART, Code.SCAN_ITS_TOTE,)),
    (Look(Tone.BAD, Cue.DUPLICATE, sticky=True), (Code.SERIAL_NOT_HERE,)),
    (_BAD, (
        Code.OUT_OF_DATE, Code.NO_SUBSTITUTE, Code.SUBSTITUTE_FORBIDDEN, Code.SCAN_SERIAL_BACK, Code.NOT_ON_CART,
        Code.CART_IN_USE, Code.TOTE_IN_SLOT, Code.TAKEN_OVER,
    )),
    (Look(Tone.WARN, Cue.CALL), (
        Code.ORDER_TAKEN_AWAY, Code.TAKE_TOTE_OFF, Code.LINE_TAKEN_AWAY, Code.LINE_MORE, Code.LINE_FEWER, Code.LINE_ADDED,
        Code.WALK_CHANGED,
    )),
)  # fmt: skip

LOOK: dict[Code, Look] = {
    code: look
    for look, codes in (
        *_BY_GROUP.items(),
        *_OF_WORK,
        *_OF_LOADING,
        *_OF_PICKUP,
        *_OF_RETURNS,
        *_OF_RECEIVING,
        *_OF_ENTRY,
        *_OF_PICKING,
    )
    for code in codes
}

Words = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Message:
    """A code and the words its sentence needs."""

    code: Code
    words: Words = field(default_factory=dict)

    @property
    def look(self) -> Look:
        """Tone, cue and stickiness of this message."""
        return LOOK[self.code]


def say(code: Code, **words: str | int) -> Message:
    """A message, as the flows write it: `say(Code.SCAN_MORE, n=3)`."""
    return Message(code, words)
