"""The words that only orders that are fetched in the store use. No Qt."""

from app.screens.words import Vocabulary


class PickupWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_PICKUP = "door_pickup"
    PICKUP_TODO = "pickup_todo"
    PICKUP_WAITING = "pickup_waiting"
    PICKUP_NO_TODO = "pickup_no_todo"
    PICKUP_NO_WAITING = "pickup_no_waiting"
    PICKUP_TITLE = "pickup_title"  # no
    PICKUP_FACTS = "pickup_facts"  # customer, n
    PICKUP_PICKED = "pickup_picked"
    PICKUP_PICKING = "pickup_picking"
    PICKUP_AT_SHELF = "pickup_at_shelf"
    PICKUP_SCANNED = "pickup_scanned"
    PICKUP_TO_SCAN = "pickup_to_scan"
    PICKUP_LINE = "pickup_line"  # n, name
    PICKUP_NAME_OK = "pickup_name_ok"
    PICKUP_TYPE_CODE = "pickup_type_code"
    PICKUP_NOT_TAKEN = "pickup_not_taken"
    PICKUP_EVERYTHING = "pickup_everything"
    PICKUP_SIGNED = "pickup_signed"
    PICKUP_REFUSED = "pickup_refused"
    PICKUP_NOT_COME = "pickup_not_come"
    PICKUP_DAMAGED = "pickup_damaged"
    PICKUP_CODE_LINE = "pickup_code_line"
    PICKUP_CODE_OK = "pickup_code_ok"
    PICKUP_ASK_ID = "pickup_ask_id"
    HELP_PICKUP_LIST = "help_pickup_list"
    HELP_PICKUP_ASIDE = "help_pickup_aside"
    HELP_PICKUP_OVER = "help_pickup_over"
