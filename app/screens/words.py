"""Every word the screens show that is not a message: headings, buttons, facts. Their sentences live in `resources/i18n/*.ts`. No Qt."""

from __future__ import annotations

from enum import StrEnum


class Vocabulary(StrEnum):
    """What the words of all screens have in common: an entry is the key of its sentence, and no two entries share one."""


class Word(Vocabulary):
    """The words that screens share. One entry per wording; the comment gives the figures and names its sentence may use."""

    # the strip
    ONLINE = "online"
    CATCHING_UP = "catching_up"
    OFFLINE = "offline"  # age
    WAITING_FACTS = "waiting_facts"  # n
    WAITING_LONG = "waiting_long"  # n, age
    DATA_AGE = "data_age"  # age
    BATTERY = "battery"  # n
    SCANNER = "scanner"
    SCALE = "scale"
    LABEL_PRINTER = "label_printer"
    PAPER_PRINTER = "paper_printer"
    DEVICE_IS = "device_is"  # device, state
    DEVICE_READS = "device_reads"  # device, reading
    MINUTES = "minutes"  # n
    HOURS = "hours"  # n
    DAYS = "days"  # n
    NOW = "now"

    # acts
    UNDERSTOOD = "understood"
    MORE = "more"
    CLOSE = "close"
    BACK = "back"
    HELP = "help"
    TYPE_CODE = "type_code"
    SETTINGS = "settings"
    SIGN_OUT = "sign_out"
    NEXT_WORK = "next_work"
    SHORT = "short"
    SKIP = "skip"
    UNDO = "undo"
    PUT_DOWN = "put_down"
    MIXED_UP = "mixed_up"
    MISSING = "missing"
    RELEASE = "release"
    RELEASE_NEXT = "release_next"  # n
    SELECT_ALL = "select_all"
    SELECT_NONE = "select_none"
    REPRINT = "reprint"
    CAME_OUT = "came_out"
    DID_NOT_COME_OUT = "did_not_come_out"
    LET_THROUGH = "let_through"
    RETRY = "retry"

    # waiting
    CHECKING = "checking"
    RELEASING = "releasing"
    PAIRING_NOW = "pairing_now"
    LOADING = "loading"

    # sign-in and pairing
    SIGN_IN = "sign_in"
    BADGE_HEADING = "badge_heading"
    BADGE_HINT = "badge_hint"
    USE_PIN = "use_pin"
    RECENT = "recent"
    NUMBER_HEADING = "number_heading"
    PIN_HEADING = "pin_heading"  # name
    PAIR = "pair"
    PAIR_HEADING = "pair_heading"
    PAIR_HINT = "pair_hint"
    PAIR_TYPE = "pair_type"
    PAIR_SERVERS = "pair_servers"
    PAIR_NO_SERVERS = "pair_no_servers"
    PAIR_ADDRESS = "pair_address"
    PAIR_CODE = "pair_code"  # server
    LOCKED_HEADING = "locked_heading"
    LOCKED_HINT = "locked_hint"  # name
    SHUT_OUT = "shut_out"
    PAIR_AGAIN = "pair_again"
    HELP_LOCK = "help_lock"

    # home
    HELLO = "hello"  # name
    HERE_NOW = "here_now"
    NO_JOBS = "no_jobs"
    DOOR_PICK = "door_pick"
    DOOR_PACK = "door_pack"
    DOOR_ORDERS = "door_orders"
    STARTED = "started"
    LINES = "lines"  # n
    LINES_UNITS = "lines_units"  # lines, units
    CUT_OFF = "cut_off"  # time

    # pick
    ORDER_NO = "order_no"  # no
    SINGLE = "single"
    LINE_OF = "line_of"  # n, of
    THEN_BIN = "then_bin"  # bin
    TAKE = "take"
    IN_HAND = "in_hand"
    TOTE = "tote"
    TOTE_NO = "tote_no"  # tote
    TO_LANE = "to_lane"
    ANY_LANE = "any_lane"
    EXPIRES = "expires"  # date
    LOT_NO = "lot_no"  # lot
    FRAGILE = "fragile"
    REASON_NOT_FOUND = "reason_not_found"
    REASON_DAMAGED = "reason_damaged"
    REASON_WRONG_ITEM_IN_BIN = "reason_wrong_item_in_bin"
    REASON_EXPIRED = "reason_expired"
    REASON_PICK_LATER = "reason_pick_later"
    REASON_OTHER = "reason_other"
    EMPTY_TOTE_HEADING = "empty_tote_heading"
    PICK_DONE_HEADING = "pick_done_heading"
    PICK_DONE_HINT = "pick_done_hint"  # lane
    HAND_SCANNED = "hand_scanned"
    NEEDED = "needed"
    NEEDED_TAKE = "needed_take"  # name, n
    FLAG_VIP = "flag_vip"
    FLAG_GIFT = "flag_gift"
    FLAG_FRAGILE = "flag_fragile"
    FLAG_HAZMAT = "flag_hazmat"
    FLAG_RETURN = "flag_return"

    # pack
    STATION = "station"
    WAITING_HERE = "waiting_here"
    QUEUE_EMPTY = "queue_empty"
    PACK_HEADING = "pack_heading"
    PACK_HINT = "pack_hint"
    COUNT_OF = "count_of"  # n, of
    SHORT_N = "short_n"  # n
    BOX = "box"
    BOX_NONE_YET = "box_none_yet"
    BOX_FULL = "box_full"  # n
    BOX_SIZE = "box_size"  # l, w, h
    BOX_TOO_SMALL = "box_too_small"
    BOX_SUGGESTED = "box_suggested"
    WEIGHT = "weight"
    EXPECTED = "expected"  # expected, tolerance
    EXPECTED_UNKNOWN = "expected_unknown"
    SCALE_EMPTY = "scale_empty"
    TO_GO = "to_go"  # n
    TOO_LIGHT = "too_light"  # diff
    TOO_HEAVY = "too_heavy"  # diff
    WEIGHT_FINE = "weight_fine"
    WITH_LAST_SCAN = "with_last_scan"
    SUPERVISOR_BADGE = "supervisor_badge"
    WHY_LET_THROUGH = "why_let_through"
    WEIGHT_COUNTED_AGAIN = "weight_counted_again"
    WEIGHT_DATA_WRONG = "weight_data_wrong"
    WEIGHT_EXTRA_PACKING = "weight_extra_packing"
    PARCEL_FULL = "parcel_full"
    WITHOUT_BOX = "without_box"
    HELP_PARCEL_FULL = "help_parcel_full"
    PARCEL_DONE_HEADING = "parcel_done_heading"

    # orders
    ORDERS = "orders"
    SEARCH = "search"
    NEEDS_YOU = "needs_you"
    NOTHING_NEEDS_YOU = "nothing_needs_you"
    NO_ORDERS = "no_orders"
    N_SELECTED = "n_selected"  # n
    STATE_ALL = "state_all"
    STATE_HELD = "state_held"
    STATE_OPEN = "state_open"
    STATE_RELEASED = "state_released"
    STATE_PICKING = "state_picking"
    STATE_PICKED = "state_picked"
    STATE_PACKING = "state_packing"
    STATE_LABEL_PENDING = "state_label_pending"
    STATE_SHIPPED = "state_shipped"
    STATE_CANCELLED = "state_cancelled"
    COLUMN_ORDER = "column_order"
    COLUMN_STATE = "column_state"
    COLUMN_CUSTOMER = "column_customer"
    COLUMN_UNITS = "column_units"
    COLUMN_CARRIER = "column_carrier"
    COLUMN_CUT_OFF = "column_cut_off"
    SEEN_BY = "seen_by"  # worker

    # settings
    LANGUAGE = "language"
    THEME = "theme"
    THEME_DARK = "theme_dark"
    THEME_LIGHT = "theme_light"
    THEME_CONTRAST = "theme_contrast"
    TEXT_SIZE = "text_size"
    PERCENT = "percent"  # n
    SMALLER = "smaller"
    LARGER = "larger"
    HAND = "hand"
    HAND_LEFT = "hand_left"
    HAND_RIGHT = "hand_right"
    VOLUME = "volume"
    SILENT = "silent"
    TONES = "tones"
    CUE_GOOD = "cue_good"
    CUE_LINE_DONE = "cue_line_done"
    CUE_ASK = "cue_ask"
    CUE_WARN = "cue_warn"
    CUE_WRONG_ITEM = "cue_wrong_item"
    CUE_WRONG_BIN = "cue_wrong_bin"
    CUE_TOO_MANY = "cue_too_many"
    CUE_DUPLICATE = "cue_duplicate"
    CUE_AWAY = "cue_away"
    CUE_CALL = "cue_call"
    DEVICES = "devices"
    NO_DEVICES = "no_devices"
    DEVICE_READY = "device_ready"
    ABOUT = "about"
    ABOUT_VERSION = "about_version"
    ABOUT_DATA = "about_data"
    ABOUT_STATION = "about_station"
    SETTINGS_PROMPT = "settings_prompt"

    # device set-up
    SEARCH_DEVICES = "search_devices"
    BY_HAND = "by_hand"
    CHECK_COMPUTER = "check_computer"
    PRINT_TEST = "print_test"
    ZERO_SCALE = "zero_scale"
    CHANGE_ROLE = "change_role"
    REMOVE_DEVICE = "remove_device"
    CHANGE_LANGUAGE = "change_language"
    WHAT_DOES_IT_SPEAK = "what_does_it_speak"
    SAVE_TRAFFIC = "save_traffic"
    CHECK_AGAIN = "check_again"
    SET_UP_DEVICES = "set_up_devices"
    DEVICES_PROMPT = "devices_prompt"
    DEVICES_PROMPT_NONE = "devices_prompt_none"
    DEVICE_NAMED = "device_named"  # name
    DEVICE_STARTING = "device_starting"
    DID_IT_COME_OUT = "did_it_come_out"
    SCAN_ANYTHING = "scan_anything"
    PUT_ANYTHING = "put_anything"
    PAPERS_COME_OUT = "papers_come_out"
    PRINT_A_TEST = "print_a_test"
    WHAT_IS_IT_FOR = "what_is_it_for"
    TYPE_ADDRESS = "type_address"
    CHECK_PROMPT = "check_prompt"
    ASKING_DEVICE = "asking_device"
    STOP_ASKING = "stop_asking"
    SEARCHING = "searching"
    ONE_MOMENT = "one_moment"
    CHECKING_COMPUTER = "checking_computer"
    DEVICES_IN_USE = "devices_in_use"
    DEVICES_FOUND = "devices_found"
    DEVICES_NONE_FOUND = "devices_none_found"
    DEVICE_AT = "device_at"  # role, address
    DEVICE_SEEN_AT = "device_seen_at"  # address
    KEYBOARD_SCANNER = "keyboard_scanner"
    SCAN_THIS = "scan_this"
    LAST_SCAN = "last_scan"
    NO_SCAN_YET = "no_scan_yet"
    FIELD_GTIN = "field_gtin"
    FIELD_SSCC = "field_sscc"
    FIELD_LOT = "field_lot"
    FIELD_SERIAL = "field_serial"
    FIELD_EXPIRY = "field_expiry"
    FIELD_COUNT = "field_count"
    TEST_LABEL = "test_label"
    TEST_NONE = "test_none"
    TEST_WAITING = "test_waiting"
    TEST_PRINTING = "test_printing"
    TEST_PRINTED = "test_printed"
    TEST_UNSURE = "test_unsure"
    TEST_FAILED = "test_failed"
    VERDICT_YES = "verdict_yes"
    VERDICT_NO = "verdict_no"
    VERDICT_READ = "verdict_read"
    NO_WEIGHT = "no_weight"
    WEIGHS_STABLE = "weighs_stable"
    WEIGHS_ZERO = "weighs_zero"
    WEIGHS_UNSTABLE = "weighs_unstable"
    WEIGHS_OVER = "weighs_over"
    WEIGHS_UNDER = "weighs_under"
    WEIGHS_BUSY = "weighs_busy"
    WEIGHS_ERROR = "weighs_error"
    WEIGHS_OFF = "weighs_off"
    DEVICE_ADDRESS = "device_address"  # address
    DEVICE_SPEAKS = "device_speaks"  # dialect
    DEVICE_AND_MORE = "device_and_more"  # text, n

    # help
    HELP_HEADING = "help_heading"
    HELP_BADGE = "help_badge"
    HELP_PAIR = "help_pair"
    HELP_HOME = "help_home"
    HELP_TOTE = "help_tote"
    HELP_BIN = "help_bin"
    HELP_ITEM = "help_item"
    HELP_LANE = "help_lane"
    HELP_LABEL = "help_label"
    HELP_CARTON = "help_carton"
    HELP_ORDERS = "help_orders"
    HELP_DEVICES = "help_devices"
    HELP_DEVICES_TEST = "help_devices_test"
    HELP_COMMANDS = "help_commands"
    HELP_KEYBOARD = "help_keyboard"

    # ways of picking
    N_ORDERS = "n_orders"  # n
    METHOD_CLUSTER = "method_cluster"
    METHOD_WALL = "method_wall"
    METHOD_LEGS = "method_legs"  # n, of
    STOP_OF = "stop_of"  # n, of
    FOR_SLOTS = "for_slots"
    SLOT_UNITS = "slot_units"  # slot, n
    SLOT_NO = "slot_no"  # n
    BACK_HEADING = "back_heading"
    BACK_LEFT = "back_left"
    NUMBER_ACT = "number_act"
    FROM_SCALE = "from_scale"
    HOW_MANY = "how_many"
    HOW_MANY_FIT = "how_many_fit"
    HOW_MANY_BROKEN = "how_many_broken"
    ENTER = "enter"
    TOTE_IS_FULL = "tote_is_full"
    SLOT_IS_FULL = "slot_is_full"
    UNLOAD_NOW = "unload_now"
    CALL_GOODS = "call_goods"
    TAKE_OTHER = "take_other"
    TAKE_OUT = "take_out"
    START_WALKING = "start_walking"
    REST_IS_LATER = "rest_is_later"
    IS_IN = "is_in"
    YES = "yes"
    NO = "no"
    CART_HEADING = "cart_heading"  # n
    FULL_HEADING = "full_heading"  # tote
    FULL_HINT = "full_hint"
    THIS_ONE = "this_one"
    NOT_THIS_ONE = "not_this_one"
    CHECK_HEADING = "check_heading"
    WHO_GOES_WITHOUT = "who_goes_without"  # order, n
    SERIALS_COUNTED = "serials_counted"
    INSTEAD_HEADING = "instead_heading"
    CART_NO = "cart_no"  # cart
    TOTES_N = "totes_n"  # n
    NEW_TOTE = "new_tote"
    HELP_CART = "help_cart"
    HELP_SLOT = "help_slot"
    HELP_SLOT_TOTE = "help_slot_tote"
    HELP_EMPTY = "help_empty"
    HELP_UNLOAD = "help_unload"

    # put wall, zones, tasks
    DOOR_WALL = "door_wall"
    MORE_DOORS = "more_doors"
    DOOR_ZONE = "door_zone"
    DOOR_TASKS = "door_tasks"
    WALL_QUEUE = "wall_queue"
    WALL_QUEUE_EMPTY = "wall_queue_empty"
    WALL_HEADING = "wall_heading"
    WALL_HINT = "wall_hint"
    WALL_SLOTS = "wall_slots"
    WALL_DONE_HEADING = "wall_done_heading"
    IT_IS_IN = "it_is_in"
    TOTE_EMPTY = "tote_empty"
    REALLY_MISSING = "really_missing"
    BACK_IN_TOTE = "back_in_tote"
    SLOT_PACK = "slot_pack"
    SLOT_MISSING = "slot_missing"  # n
    SLOT_CANCELLED = "slot_cancelled"
    SLOT_FREE = "slot_free"
    WHERE_TOTE = "where_tote"  # item, n, place
    WHERE_BIN = "where_bin"  # item, n, place
    WHERE_LOST = "where_lost"  # item, n
    SORTED_OF = "sorted_of"  # n, of
    SET_ASIDE = "set_aside"  # n
    INTO_SLOT = "into_slot"  # n
    EXCEPTION_HEADING = "exception_heading"
    EXCEPTION_HINT = "exception_hint"
    MISSING_HEADING = "missing_heading"
    CLOSE_HEADING = "close_heading"
    ZONE_NO = "zone_no"  # zone
    ZONE_COUNTS = "zone_counts"  # lines, orders
    URGENT_N = "urgent_n"  # n
    URGENT = "urgent"
    BY_PRIORITY = "by_priority"
    BY_ROUTE = "by_route"
    LEAVE_ZONE = "leave_zone"
    UNLOAD = "unload"
    TOTES_WAITING = "totes_waiting"
    MY_TOTES = "my_totes"
    ZONE_LINES = "zone_lines"
    ZONE_EMPTY = "zone_empty"
    NO_ZONES = "no_zones"
    NO_TOTES_HERE = "no_totes_here"
    ZONE_HEADING = "zone_heading"
    WAITS_AT = "waits_at"  # place
    NO_MANS_LAND = "no_mans_land"  # minutes
    LEG_OF = "leg_of"  # n, of
    PARTS_HERE = "parts_here"  # n, of
    LINES_DONE_OF = "lines_done_of"  # n, of
    TAKEN_LINE = "taken_line"
    MINE_LINE = "mine_line"
    TAKE_N_AT = "take_n_at"  # n, bin
    NO_TASKS = "no_tasks"
    TASKS_HEADING = "tasks_heading"
    TASK_COUNT = "task_count"
    TASK_PUT_BACK = "task_put_back"
    TASK_REPLENISH = "task_replenish"
    TASK_PUT_AWAY = "task_put_away"
    BIN_EMPTY = "bin_empty"
    COUNT_DONE = "count_done"
    TYPE_NUMBER = "type_number"
    SECOND_COUNT = "second_count"
    COUNTED = "counted"
    FETCH_FROM = "fetch_from"
    BRING_PLACE = "bring_place"
    STILL_TO_DO = "still_to_do"
    ANY_BIN = "any_bin"
    IN_YOUR_HANDS = "in_your_hands"
    TASK_DONE_HEADING = "task_done_heading"
    TASK_MOVES = "task_moves"  # n, item
    FROM_TO = "from_to"  # place, to
    NEXT_TASK = "next_task"
    HELP_WALL = "help_wall"
    HELP_ZONE = "help_zone"
    HELP_TASK = "help_task"
    HELP_COUNT = "help_count"

    # hand-over between devices
    HAND_OVER = "hand_over"
    GIVE_WORK = "give_work"
    TAKE_OVER = "take_over"
    GIVE_HEADING = "give_heading"  # n
    GIVE_NOTHING = "give_nothing"
    GIVE_WARNING = "give_warning"
    SHOW_AGAIN = "show_again"
    STOP_SHOWING = "stop_showing"
    SLOWER = "slower"
    FASTER = "faster"
    HOLD_PICTURE = "hold_picture"
    RUN_PICTURES = "run_pictures"
    PICTURE_BEFORE = "picture_before"
    PICTURE_NEXT = "picture_next"
    PICTURE_OF = "picture_of"  # n, of
    ONE_DEVICE_ONLY = "one_device_only"
    PICTURES_HERE = "pictures_here"  # n, of
    PICTURES_MISSING = "pictures_missing"  # list
    PICTURES_NONE = "pictures_none"
    START_AGAIN = "start_again"
    WORK_MINUTES = "work_minutes"  # n
    WORK_TIME_OVER = "work_time_over"
    GIVEN_HEADING = "given_heading"
    GIVEN_HINT = "given_hint"
    TAKEN_HEADING = "taken_heading"  # name
    TAKEN_HINT = "taken_hint"
    TAKEN_CODE = "taken_code"  # code
    WORK_ON = "work_on"
    HELP_HAND_OVER = "help_hand_over"

    # the supervisor's floor
    DOOR_FLOOR = "door_floor"
    KIND_PICK = "kind_pick"
    KIND_SORT = "kind_sort"
    KIND_PACK = "kind_pack"
    KIND_COUNT = "kind_count"
    KIND_PUT_BACK = "kind_put_back"
    KIND_REPLENISH = "kind_replenish"
    KIND_PUT_AWAY = "kind_put_away"
    WAVE_STATE_DRAFT = "wave_state_draft"
    WAVE_STATE_COLLECTING = "wave_state_collecting"
    WAVE_STATE_PLANNED = "wave_state_planned"
    WAVE_STATE_HELD = "wave_state_held"
    WAVE_STATE_RELEASED = "wave_state_released"
    WAVE_STATE_IN_PROGRESS = "wave_state_in_progress"
    WAVE_STATE_COMPLETE = "wave_state_complete"
    WAVE_STATE_FAILED = "wave_state_failed"
    WAVE_STATE_CANCELLED = "wave_state_cancelled"
    PROBLEM_ORDER_NOT_OPEN = "problem_order_not_open"  # order
    PROBLEM_NOT_ENOUGH_STOCK = "problem_not_enough_stock"  # order, missing, sku
    PROBLEM_REPLENISH_FIRST = "problem_replenish_first"  # sku, missing, reserve
    PROBLEM_TOO_LATE = "problem_too_late"  # minutes
    PROBLEM_WALL_TOO_SMALL = "problem_wall_too_small"  # slots, wall
    WAITS_WAVE = "waits_wave"
    WAITS_TOTE = "waits_tote"
    WAITS_GOODS = "waits_goods"


def named(prefix: str, value: str) -> Word | None:
    """The word for a value of some closed set (`named("state", "open")`), or None if there is no such word."""
    try:
        return Word(f"{prefix}_{value}")
    except ValueError:
        return None
