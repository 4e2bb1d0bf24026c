"""Everything Floorhand can say to a person, as codes with words. Prose lives in `app/ui/texts.py` and the translations.

`LOOK` is the one table that gives each code its tone (colour and icon) and its cue (sound).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.looks import Cue as Cue
from app.core.looks import Look as Look
from app.core.looks import Tone as Tone


class Code(StrEnum):
    """One code per thing that can be said. The comment gives the parameters its sentence may use."""

    # Prompts: what to do now.
    SCAN_BADGE = "scan_badge"
    ENTER_PIN = "enter_pin"  # name
    SCAN_TOTE = "scan_tote"
    SCAN_BIN = "scan_bin"  # bin
    SCAN_ITEM = "scan_item"  # n
    SCAN_MORE = "scan_more"  # n
    SCAN_LOT = "scan_lot"  # lot
    SCAN_SERIAL = "scan_serial"  # n
    SCAN_LANE = "scan_lane"
    CHOOSE_SHORT_REASON = "choose_short_reason"  # n
    ALL_PICKED = "all_picked"  # order
    TAKE_NEXT_WORK = "take_next_work"
    SCAN_TOTE_TO_PACK = "scan_tote_to_pack"
    SCAN_UNITS = "scan_units"  # n
    CHOOSE_CARTON = "choose_carton"
    PUT_ON_SCALE = "put_on_scale"
    CHECK_SUPPLIES = "check_supplies"
    WAIT_FOR_STEADY = "wait_for_steady"
    WAIT_FOR_LABEL = "wait_for_label"
    LABEL_PENDING = "label_pending"
    LABEL_PROBLEM = "label_problem"
    SCAN_LABEL = "scan_label"
    LABEL_UNSURE_ASK = "label_unsure_ask"
    PARCEL_DONE = "parcel_done"  # order
    WAIT_FOR_PARCEL = "wait_for_parcel"  # n
    WAIT_FOR_GOODS = "wait_for_goods"  # n
    WHY_ASIDE = "why_aside"
    SCAN_ASIDE_PLACE = "scan_aside_place"
    REOPEN_WHY = "reopen_why"
    CHOOSE_ORDERS = "choose_orders"
    PAIR_DEVICE = "pair_device"
    HAND_OVER_START = "hand_over_start"
    HAND_OVER_SHOW = "hand_over_show"
    HAND_OVER_TAKE = "hand_over_take"
    HAND_OVER_CODE = "hand_over_code"
    UNLOCK = "unlock"  # name

    # Good.
    SIGNED_IN = "signed_in"  # name
    UNLOCKED = "unlocked"  # name
    TOTE_BOUND = "tote_bound"  # tote
    BIN_RIGHT = "bin_right"  # bin
    UNIT_COUNTED = "unit_counted"  # n, of
    LINE_DONE = "line_done"  # sku
    ORDER_PICKED = "order_picked"  # order, lane
    TOTE_OPENED = "tote_opened"  # tote, order
    UNIT_PACKED = "unit_packed"  # n, of
    PACK_LINE_DONE = "pack_line_done"
    CARTON_CHOSEN = "carton_chosen"  # carton
    SUPPLIES_IN = "supplies_in"
    WEIGHT_RIGHT = "weight_right"  # grams
    LABEL_PRINTED = "label_printed"
    LABEL_HAS_COME = "label_has_come"  # order
    PAPERS_COMING = "papers_coming"
    NO_CARTON = "no_carton"
    PARCEL_CLOSED = "parcel_closed"  # n
    PARCEL_BEGUN = "parcel_begun"  # n
    GOODS_SENT_FOR = "goods_sent_for"  # n
    OTHER_SENT_FOR = "other_sent_for"  # item
    GOODS_HERE = "goods_here"  # n, tote
    TOTE_ASIDE = "tote_aside"  # tote, bin
    PARCEL_REOPENED = "parcel_reopened"
    PART_SHIPPED = "part_shipped"  # n
    PARCEL_SHIPPED = "parcel_shipped"  # order
    ORDERS_RELEASED = "orders_released"  # n
    UNDONE = "undone"  # n
    SKIPPED = "skipped"  # bin
    SHORT_NOTED = "short_noted"  # n
    PAIRED = "paired"  # site
    SAVED = "saved"
    DEVICE_IN_USE = "device_in_use"  # device
    DEVICE_REMOVED = "device_removed"  # device
    SCANNER_HEARD = "scanner_heard"
    TEST_LABEL_READ = "test_label_read"
    TEST_LABEL_FINE = "test_label_fine"
    CHECK_FINE = "check_fine"  # what
    HAND_OVER_READY = "hand_over_ready"
    HAND_OVER_PICTURE = "hand_over_picture"  # n, of
    HAND_OVER_TAKEN = "hand_over_taken"  # device
    HAND_OVER_CONFIRMED = "hand_over_confirmed"

    # Warnings: look out, you decide.
    CONFIRM_AGAIN = "confirm_again"  # what
    FEFO_EARLIER = "fefo_earlier"  # lot
    WEIGHT_OUT = "weight_out"  # grams, expected, tolerance, diff
    WEIGHT_MISSING = "weight_missing"  # item, percent
    WEIGHT_EXTRA = "weight_extra"  # item, percent
    WEIGHT_SWAPPED = "weight_swapped"  # item, other, percent
    WEIGHT_TWO_MISSING = "weight_two_missing"  # item, other, percent
    WEIGHT_TWO_EXTRA = "weight_two_extra"  # item, other, percent
    WEIGHT_CARTON = "weight_carton"  # carton, percent
    WEIGHT_FILLING = "weight_filling"  # percent
    WEIGHT_ELSE = "weight_else"  # percent
    LABEL_UNSURE = "label_unsure"
    GOODS_NOT_HAD = "goods_not_had"
    AMBIGUOUS_SCAN = "ambiguous_scan"  # text
    SEPARATOR_LOST = "separator_lost"
    LEASE_ENDING = "lease_ending"
    TEST_LABEL_MISSING = "test_label_missing"

    # Refusals: nothing was counted.
    WRONG_BIN = "wrong_bin"  # scanned, needed
    WRONG_ITEM = "wrong_item"  # scanned, needed
    TOO_MANY = "too_many"  # n
    SCAN_BIN_FIRST = "scan_bin_first"  # bin
    WRONG_LOT = "wrong_lot"  # scanned, needed
    DUPLICATE_SERIAL = "duplicate_serial"  # serial
    DUPLICATE_SCAN = "duplicate_scan"
    UNKNOWN_CODE = "unknown_code"  # text
    NOT_A_TOTE = "not_a_tote"  # text
    TOTE_IN_USE = "tote_in_use"  # tote, job
    TOTE_UNKNOWN_HERE = "tote_unknown_here"  # tote
    NOT_A_LANE = "not_a_lane"  # text
    WRONG_TOTE = "wrong_tote"  # scanned, needed
    NOT_IN_ORDER = "not_in_order"  # item
    WRONG_LABEL = "wrong_label"  # scanned, needed
    CARTON_TOO_SMALL = "carton_too_small"  # carton
    GOODS_ON_THE_WAY = "goods_on_the_way"  # n
    NOT_AN_ASIDE_PLACE = "not_an_aside_place"  # bin
    NEEDS_SUPERVISOR = "needs_supervisor"
    PARCEL_MANIFESTED = "parcel_manifested"
    PARCEL_ON_PALLET = "parcel_on_pallet"
    PARCEL_STILL_OPEN = "parcel_still_open"
    PARCEL_VOID = "parcel_void"
    PARCEL_EMPTY = "parcel_empty"
    PARCEL_UNKNOWN = "parcel_unknown"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_ALLOWED = "not_allowed"
    BADGE_UNKNOWN = "badge_unknown"
    WRONG_PIN = "wrong_pin"  # left
    SIGN_IN_LOCKED = "sign_in_locked"  # minutes
    JOB_GONE = "job_gone"  # order
    TAKEN_BY = "taken_by"  # name
    NOT_ENOUGH_STOCK = "not_enough_stock"  # sku, missing
    RELEASE_REFUSED = "release_refused"  # order, reason
    NOT_NOW = "not_now"
    NO_PAPERS = "no_papers"
    DEVICE_TAKEN = "device_taken"  # device
    DEVICE_GONE = "device_gone"
    ADDRESS_WRONG = "address_wrong"  # text
    HAND_OVER_TORN = "hand_over_torn"
    HAND_OVER_NO_PICTURE = "hand_over_no_picture"
    HAND_OVER_FOREIGN = "hand_over_foreign"
    HAND_OVER_FORGED = "hand_over_forged"
    HAND_OVER_OTHER_SITE = "hand_over_other_site"
    HAND_OVER_OTHER_TIME = "hand_over_other_time"
    HAND_OVER_REVOKED = "hand_over_revoked"  # device
    HAND_OVER_OWN = "hand_over_own"
    HAND_OVER_TWICE = "hand_over_twice"
    HAND_OVER_NOTHING = "hand_over_nothing"
    HAND_OVER_TOO_MUCH = "hand_over_too_much"  # n
    HAND_OVER_WRONG_CODE = "hand_over_wrong_code"

    # The world's doing, in calm words.
    NO_WORK = "no_work"
    NO_WORK_OFFLINE = "no_work_offline"
    NEEDS_CENTRE = "needs_centre"
    CENTRE_AWAY = "centre_away"
    CENTRE_BACK = "centre_back"
    APP_OUTDATED = "app_outdated"
    UPDATE_SOON = "update_soon"  # n
    CENTRE_RESTORED = "centre_restored"  # n
    FACTS_WAIT = "facts_wait"  # n, minutes
    LEASE_OVER = "lease_over"
    STORAGE_FULL = "storage_full"
    NOT_STABLE = "not_stable"
    DEVICE_FAULT = "device_fault"  # device, fault, help
    PRINTER_OUT_OF_LABELS = "printer_out_of_labels"
    PRINTER_OPEN = "printer_open"
    PRINTER_PAUSED = "printer_paused"
    PRINTER_OUT_OF_RIBBON = "printer_out_of_ribbon"
    KEYBOARD_LAYOUT = "keyboard_layout"  # layout
    CHECK_GROUP = "check_group"  # group, what
    CHECK_RULE = "check_rule"  # what
    CHECK_SERVICE = "check_service"  # what
    CHECK_SIGN_IN = "check_sign_in"  # group
    CHECK_REPLUG = "check_replug"  # what
    TRAFFIC_SAVED = "traffic_saved"  # file
    LABEL_FAILED = "label_failed"  # reason
    PAIRING_REFUSED = "pairing_refused"
    PAIRING_TYPO = "pairing_typo"
    PAIRING_NOBODY = "pairing_nobody"
    FACTS_FIRST = "facts_first"  # n
    SIGNED_OUT_BY_CENTRE = "signed_out_by_centre"  # name
    DEVICE_SHUT_OUT = "device_shut_out"
    SERVER_KEY_CHANGED = "server_key_changed"
    SOMETHING_BROKE = "something_broke"
    HAND_OVER_AGAIN = "hand_over_again"  # n, of
    HAND_OVER_BATTERY = "hand_over_battery"

    # Instructions from the centre (wire `Notice.action`, `ExceptionRow.action`).
    PUT_BACK = "put_back"  # qty, sku, bin, tote
    COUNT_BIN = "count_bin"  # bin, sku
    ORDER_CANCELLED = "order_cancelled"  # order
    APPLIED_LATE = "applied_late"
    SAVED_SUPPORT_INFORMED = "saved_support_informed"
    ORDER_NOT_PICKED = "order_not_picked"  # order
    HAND_OVER_VOID = "hand_over_void"  # device
    ZONE_STOPPED = "zone_stopped"  # zone

    # Put wall, zones, tasks on stock.
    SCAN_BULK_TOTE = "scan_bulk_tote"
    SCAN_UNIT = "scan_unit"  # n
    PUT_IN_SLOT = "put_in_slot"  # n, slot
    SCAN_EXCEPTION_TOTE = "scan_exception_tote"
    CONFIRM_MISSING = "confirm_missing"  # n
    SCAN_EMPTY_TOTE = "scan_empty_tote"  # tote
    SORT_DONE = "sort_done"  # tote
    SORT_OPENED = "sort_opened"  # tote, n
    UNIT_FOR_SLOT = "unit_for_slot"  # slot
    UNIT_FOR_NOBODY = "unit_for_nobody"
    PUT_DONE = "put_done"  # n, slot
    SLOT_COMPLETE = "slot_complete"  # slot, order
    EXTRA_NOTED = "extra_noted"  # n, tote
    SORT_CLOSED = "sort_closed"  # tote
    WRONG_SLOT = "wrong_slot"  # scanned, needed
    SLOT_FIRST = "slot_first"  # slot
    WALL_FULL = "wall_full"
    SUMS_OPEN = "sums_open"  # n
    CHOOSE_ZONE = "choose_zone"
    ZONE_WORK = "zone_work"  # zone
    UNLOAD_TOTE = "unload_tote"
    SET_DOWN_AT = "set_down_at"  # tote
    ZONE_ENTERED = "zone_entered"  # zone
    ZONE_LEFT = "zone_left"
    TOTE_RECEIVED = "tote_received"  # tote, order
    TOTE_SET_DOWN = "tote_set_down"  # tote, place
    LEG_ARRIVED = "leg_arrived"  # tote, place
    NOT_IN_ZONE = "not_in_zone"  # what, zone
    NO_WORK_AT = "no_work_at"  # what
    LINES_OPEN = "lines_open"  # tote, n
    LANE_FIXED = "lane_fixed"  # lane, n, of
    CHOOSE_TASK = "choose_task"
    BRING_TO = "bring_to"  # n, bin
    BRING_ANYWHERE = "bring_anywhere"  # n
    COUNT_GOODS = "count_goods"
    TYPE_COUNT = "type_count"
    TASK_FINISHED = "task_finished"
    COUNT_AGAIN = "count_again"
    COUNTS_DIFFER = "counts_differ"
    GOODS_COUNTED = "goods_counted"  # n
    COUNT_SAVED = "count_saved"  # bin
    IN_HAND = "in_hand"  # n
    GOODS_MOVED = "goods_moved"  # n, bin
    TASK_GONE = "task_gone"
    OWN_COUNT = "own_count"
    COUNT_TOO_LARGE = "count_too_large"
    SCAN_FIRST = "scan_first"
    FINISH_HAND_FIRST = "finish_hand_first"  # n

    # Ways of picking: carts, put-backs, other items.
    SCAN_CART = "scan_cart"
    SCAN_SLOT_TOTE = "scan_slot_tote"  # slot
    PUT_INTO_SLOT = "put_into_slot"  # slot, n
    PUT_INTO_TOTE = "put_into_tote"  # slot, tote, n
    SCAN_SUBSTITUTE = "scan_substitute"  # n
    SCAN_LANE_FOR_TOTE = "scan_lane_for_tote"  # tote
    UNLOAD_CART = "unload_cart"
    PARTS_HERE = "parts_here"  # n, of, lane
    SCAN_ONCE_MORE = "scan_once_more"
    SCAN_TO_REMOVE = "scan_to_remove"
    IS_IT_EMPTY = "is_it_empty"  # bin
    WHERE_IS_FULL_TOTE = "where_is_full_tote"
    PUT_BACK_TO = "put_back_to"  # bin, n
    SCAN_BACK_UNITS = "scan_back_units"  # n
    CART_BOUND = "cart_bound"  # cart
    SLOT_BOUND = "slot_bound"  # tote, slot
    SLOTS_LATER = "slots_later"
    CART_UNLOADED = "cart_unloaded"  # lane, n
    TOTE_IN_HAND = "tote_in_hand"  # tote
    TOTE_CLOSED = "tote_closed"  # tote
    PUT_BACK_DONE = "put_back_done"  # bin
    BIN_EMPTY_NOTED = "bin_empty_noted"  # bin
    BIN_NOT_EMPTY_NOTED = "bin_not_empty_noted"  # bin
    GOODS_CALLED = "goods_called"  # bin
    SUBSTITUTE_TAKEN = "substitute_taken"  # n
    CHECK_IT = "check_it"
    OTHER_LOT = "other_lot"  # scanned, needed
    REST_LATER = "rest_later"  # slot, n
    OUT_OF_DATE = "out_of_date"  # date
    SERIAL_NOT_HERE = "serial_not_here"  # serial
    NO_SUBSTITUTE = "no_substitute"
    SUBSTITUTE_FORBIDDEN = "substitute_forbidden"
    SCAN_ITS_BIN_FIRST = "scan_its_bin_first"
    SCAN_SERIAL_BACK = "scan_serial_back"
    NOT_ON_CART = "not_on_cart"  # tote
    CART_IN_USE = "cart_in_use"  # cart, job
    NOT_A_CART = "not_a_cart"  # text
    TOTE_IN_SLOT = "tote_in_slot"  # tote, slot
    SCAN_ITS_TOTE = "scan_its_tote"  # tote
    TAKEN_OVER = "taken_over"  # name
    OFFER_TAKE_OVER = "offer_take_over"  # name, job
    ORDER_TAKEN_AWAY = "order_taken_away"  # order, n
    LINE_TAKEN_AWAY = "line_taken_away"  # order, n
    LINE_MORE = "line_more"  # n
    LINE_FEWER = "line_fewer"  # n
    LINE_ADDED = "line_added"  # bin
    WALK_CHANGED = "walk_changed"

    # The supervisor's floor.
    PACK_HELD = "pack_held"  # order, tote, bin, reason
    FIND_TOTE = "find_tote"  # tote, n, device, bin
    TAKE_OFF_PALLET = "take_off_pallet"  # parcel, pallet, why
    PALLET_DIFFERS = "pallet_differs"  # pallet, n, scanned
    NO_CARTON_FITS = "no_carton_fits"  # order, sku, n, parcels
    NOT_INTO_TRUCK = "not_into_truck"  # parcel, carrier, why
    RECOUNT_DIFFERS = "recount_differs"  # bin, sku
    NO_MANS_LAND = "no_mans_land"  # tote, bin, zone
    TASK_NOT_DONE = "task_not_done"  # sku, bin
    WORK_TAKEN_BACK = "work_taken_back"  # n, device
    BOARD_CHANGED = "board_changed"
    DEVICES_DARK = "devices_dark"  # n
    BOARD_GONE = "board_gone"
    BOARD_BEGUN = "board_begun"  # order
    BOARD_TOO_LATE = "board_too_late"  # order
    BOARD_NOT_HERE = "board_not_here"
    WAVE_BEGUN = "wave_begun"
    WAVE_NOTHING_FREE = "wave_nothing_free"
    WAVE_EMPTY = "wave_empty"
    WAVE_ORDERS_TAKEN = "wave_orders_taken"  # orders
    WAVE_TOO_FEW = "wave_too_few"
    WAVE_NOTHING_FOUND = "wave_nothing_found"


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
        Code.SCAN_TOTE_TO_PACK, Code.SCAN_UNITS, Code.CHOOSE_CARTON, Code.PUT_ON_SCALE, Code.WAIT_FOR_STEADY,
        Code.WAIT_FOR_LABEL, Code.SCAN_LABEL, Code.LABEL_UNSURE_ASK, Code.PARCEL_DONE, Code.CHOOSE_ORDERS, Code.PAIR_DEVICE,
        Code.HAND_OVER_START, Code.HAND_OVER_SHOW, Code.HAND_OVER_TAKE, Code.HAND_OVER_CODE,
        Code.UNLOCK, Code.WAIT_FOR_PARCEL, Code.LABEL_PENDING, Code.WAIT_FOR_GOODS, Code.WHY_ASIDE, Code.SCAN_ASIDE_PLACE,
        Code.REOPEN_WHY, Code.NEEDS_SUPERVISOR,
    ),
    _GOOD: (
        Code.WORK_TAKEN_BACK,
        Code.SIGNED_IN, Code.UNLOCKED, Code.TOTE_BOUND, Code.BIN_RIGHT, Code.UNIT_COUNTED, Code.TOTE_OPENED, Code.UNIT_PACKED,
        Code.NO_CARTON, Code.PARCEL_CLOSED, Code.PARCEL_BEGUN, Code.GOODS_SENT_FOR, Code.OTHER_SENT_FOR, Code.GOODS_HERE,
        Code.TOTE_ASIDE, Code.PARCEL_REOPENED, Code.PAPERS_COMING, Code.SUPPLIES_IN,
        Code.CARTON_CHOSEN, Code.WEIGHT_RIGHT, Code.LABEL_PRINTED, Code.ORDERS_RELEASED, Code.UNDONE, Code.SKIPPED,
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
        Code.WAVE_TOO_FEW, Code.WAVE_NOTHING_FOUND,
        Code.WRONG_ITEM, Code.WRONG_LOT, Code.UNKNOWN_CODE, Code.TOTE_IN_USE, Code.TOTE_UNKNOWN_HERE, Code.WRONG_TOTE,
        Code.GOODS_ON_THE_WAY, Code.PARCEL_MANIFESTED, Code.PARCEL_ON_PALLET, Code.PARCEL_STILL_OPEN, Code.PARCEL_VOID,
        Code.PARCEL_EMPTY, Code.PARCEL_UNKNOWN,
        Code.NOT_IN_ORDER, Code.WRONG_LABEL, Code.CARTON_TOO_SMALL, Code.NOT_ALLOWED, Code.BADGE_UNKNOWN, Code.WRONG_PIN,
        Code.SIGN_IN_LOCKED, Code.JOB_GONE, Code.TAKEN_BY, Code.NOT_ENOUGH_STOCK, Code.RELEASE_REFUSED, Code.PAIRING_REFUSED,
        Code.DEVICE_TAKEN, Code.DEVICE_GONE, Code.ADDRESS_WRONG,
        Code.HAND_OVER_FOREIGN, Code.HAND_OVER_FORGED, Code.HAND_OVER_OTHER_SITE, Code.HAND_OVER_OTHER_TIME, Code.HAND_OVER_REVOKED,
        Code.HAND_OVER_OWN, Code.HAND_OVER_TWICE, Code.HAND_OVER_NOTHING, Code.HAND_OVER_TOO_MUCH, Code.HAND_OVER_WRONG_CODE,
        Code.PAIRING_TYPO, Code.PAIRING_NOBODY, Code.FACTS_FIRST,
    ),
    _WORLD: (
        Code.DEVICES_DARK, Code.BOARD_CHANGED, Code.FACTS_WAIT,
        Code.LEASE_ENDING, Code.NOT_STABLE, Code.DEVICE_FAULT, Code.PRINTER_OUT_OF_LABELS, Code.PRINTER_OPEN,
        Code.PRINTER_PAUSED, Code.PRINTER_OUT_OF_RIBBON, Code.LABEL_FAILED, Code.LABEL_PROBLEM, Code.CHECK_GROUP,
        Code.CHECK_RULE, Code.CHECK_SERVICE, Code.CHECK_SIGN_IN, Code.CHECK_REPLUG, Code.HAND_OVER_BATTERY,
    ),
    Look(Tone.INFO, Cue.ASK): (Code.LABEL_HAS_COME,),
    Look(Tone.INFO): (
        Code.NO_PAPERS, Code.NO_WORK, Code.NO_WORK_OFFLINE, Code.NEEDS_CENTRE, Code.APPLIED_LATE, Code.SAVED_SUPPORT_INFORMED,
        Code.HAND_OVER_AGAIN, Code.UPDATE_SOON, Code.CENTRE_RESTORED,
    ),
    Look(Tone.INFO, sticky=True): (Code.TRAFFIC_SAVED,),
    Look(Tone.WARN, Cue.AWAY): (Code.CENTRE_AWAY,),
    _CALL: (Code.PACK_HELD, Code.TAKE_OFF_PALLET, Code.PALLET_DIFFERS, Code.NOT_INTO_TRUCK, Code.NO_CARTON_FITS, Code.FIND_TOTE,
        Code.RECOUNT_DIFFERS,
        Code.NO_MANS_LAND, Code.TASK_NOT_DONE,
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
    (Look(Tone.BAD, Cue.WRONG_BIN, sticky=True), (Code.WRONG_SLOT, Code.SLOT_FIRST, Code.LANE_FIXED, Code.SCAN_FIRST,)),
    (_BAD, (
        Code.WALL_FULL, Code.NOT_IN_ZONE, Code.NO_WORK_AT, Code.LINES_OPEN, Code.TASK_GONE,
        Code.FINISH_HAND_FIRST,
    )),
    (Look(Tone.BAD, Cue.TOO_MANY, sticky=True), (Code.SUMS_OPEN, Code.COUNT_TOO_LARGE,)),
    (Look(Tone.ASK, Cue.CALL), (Code.LEG_ARRIVED,)),
    (Look(Tone.ASK, Cue.ASK), (Code.COUNT_AGAIN, Code.CHECK_SUPPLIES)),
    (_WARN, (Code.COUNTS_DIFFER,)),
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
        Code.BIN_NOT_EMPTY_NOTED, Code.GOODS_CALLED, Code.SUBSTITUTE_TAKEN,
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
        Code.ORDER_TAKEN_AWAY, Code.LINE_TAKEN_AWAY, Code.LINE_MORE, Code.LINE_FEWER, Code.LINE_ADDED, Code.WALK_CHANGED,
    )),
)  # fmt: skip

LOOK: dict[Code, Look] = {code: look for look, codes in (*_BY_GROUP.items(), *_OF_WORK, *_OF_PICKING) for code in codes}

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
