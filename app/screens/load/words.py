"""The words that only pallets, trucks and carriers' lists use. No Qt."""

from app.screens.words import Vocabulary


class LoadWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_LOAD = "door_load"
    PALLETS_HEADING = "pallets_heading"
    TRUCKS_HEADING = "trucks_heading"
    NO_PALLETS = "no_pallets"
    NO_TRUCKS = "no_trucks"
    NEW_PALLET = "new_pallet"
    PRINT_AGAIN = "print_again"
    WRAP = "wrap"
    OPEN_PALLET_AGAIN = "open_pallet_again"
    TAKE_OFF = "take_off"
    TAKE_OUT_TRUCK = "take_out_truck"
    CONTENT_LIST = "content_list"
    TRUCK_FULL = "truck_full"
    STAY_HERE = "stay_here"
    NONE_OF_IT = "none_of_it"
    HANDED = "handed"
    SIGN_AGAIN = "sign_again"
    HAND_OVER_LIST = "hand_over_list"
    LIST_OWED = "list_owed"
    LIST_PRINTING = "list_printing"
    LIST_PRINTED = "list_printed"
    LIST_UNSURE = "list_unsure"
    LIST_FAILED = "list_failed"
    WHY_LIST_AGAIN = "why_list_again"
    LIST_LOST = "list_lost"
    LIST_SPOILT = "list_spoilt"
    LIST_COPY = "list_copy"
    TO_LIST = "to_list"
    ON_PALLET = "on_pallet"
    IN_TRUCK = "in_truck"
    MISSING_HERE = "missing_here"
    PARCELS_ALL = "parcels_all"
    TRUCK_OF = "truck_of"  # carrier
    AT_DOOR_NO = "at_door_no"  # place
    PALLET_NO = "pallet_no"  # no
    PARCEL_NO = "parcel_no"  # no, order
    PALLET_WITH = "pallet_with"  # no, n
    PALLET_FACTS = "pallet_facts"  # n, carrier
    TRUCK_FACTS = "truck_facts"  # pallets, n
    TRUCK_UNLISTED = "truck_unlisted"  # n
    TRUCK_LOADED = "truck_loaded"  # n
    MARK_LABEL = "mark_label"
    MARK_OPEN = "mark_open"
    MARK_WRAPPED = "mark_wrapped"
    STILL_UNWRAPPED = "still_unwrapped"  # n
    LOAD_ANYWAY = "load_anyway"
    LISTS_SHORT = "lists_short"
    MANIFESTS = "manifests"
    MANIFESTS_TODAY = "manifests_today"  # day
    MANIFESTS_READY = "manifests_ready"
    NO_MANIFESTS = "no_manifests"
    NOTHING_READY = "nothing_ready"
    MANIFEST_READY = "manifest_ready"  # n, waiting
    MANIFEST_FACTS = "manifest_facts"  # n, weight
    MANIFEST_NO = "manifest_no"  # carrier, no
    MANIFEST_STATE_CLOSED = "manifest_state_closed"
    MANIFEST_STATE_CLOSING = "manifest_state_closing"
    MANIFEST_STATE_FAILED = "manifest_state_failed"
    MANIFESTS_HINT = "manifests_hint"
    SURE_CLOSE = "sure_close"  # carrier
    SURE_CLOSE_HINT = "sure_close_hint"  # n
    CLOSE_LIST = "close_list"
    HELP_LOAD = "help_load"
    HELP_PALLET = "help_pallet"
    HELP_TRUCK = "help_truck"
    DRIVER_NAME = "driver_name"
    PLATE_NO = "plate_no"
    SEAL_NO = "seal_no"
