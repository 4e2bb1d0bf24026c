"""The words that only the desk's returns use. No Qt."""

from app.screens.words import Vocabulary


class ReturnsDeskWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_RETURNS_DESK = "door_returns_desk"
    HELP_RETURNS_DESK = "help_returns_desk"
    RD_SEARCH = "rd_search"
    RD_TYPE_TO_FIND = "rd_type_to_find"
    RD_NONE = "rd_none"
    RD_FOUND = "rd_found"  # n
    RD_MORE_THAN = "rd_more_than"  # n
    RD_SHEET = "rd_sheet"
    RD_FIGURES = "rd_figures"
    RD_THIRTY_DAYS = "rd_thirty_days"
    RD_FIGURE = "rd_figure"  # name, n, of
    RD_BY_ITEM = "rd_by_item"
    RD_BY_REASON = "rd_by_reason"
    RD_BY_CHANNEL = "rd_by_channel"
    RD_COLUMN_RETURN = "rd_column_return"
    RD_COLUMN_HERE = "rd_column_here"
    RD_COLUMN_PAID = "rd_column_paid"
    RD_GROUP_ASKED = "rd_group_asked"
    RD_GROUP_COMING = "rd_group_coming"
    RD_GROUP_RECEIVED = "rd_group_received"
    RD_GROUP_DECIDE = "rd_group_decide"
    RD_GROUP_SETTLED = "rd_group_settled"
    RD_STATE_ASKED = "rd_state_asked"
    RD_STATE_APPROVED = "rd_state_approved"
    RD_STATE_REFUSED = "rd_state_refused"
    RD_STATE_LABEL_SENT = "rd_state_label_sent"
    RD_STATE_PARTLY_RECEIVED = "rd_state_partly_received"
    RD_STATE_GRADED = "rd_state_graded"
    RD_STATE_CLOSED = "rd_state_closed"
    RD_STATE_CANCELLED = "rd_state_cancelled"
    RD_APPROVE = "rd_approve"
    RD_REFUSE = "rd_refuse"
    RD_LABEL = "rd_label"
    RD_MAKE_LABEL = "rd_make_label"
    RD_LABEL_PENDING = "rd_label_pending"  # carrier
    RD_LABEL_READY = "rd_label_ready"  # carrier
    RD_LABEL_PROBLEM = "rd_label_problem"  # carrier
    RD_LABEL_KEPT = "rd_label_kept"  # carrier
    RD_WHY_AWAY = "rd_why_away"
    RD_WHY_ANSWER = "rd_why_answer"
    RD_WHY_ACCOUNT = "rd_why_account"
    RD_WHY_USELESS = "rd_why_useless"
    RD_WHY_NO_RETURNS = "rd_why_no_returns"
    RD_WHY_NO_SERVICE = "rd_why_no_service"
    RD_WHY_NO_NUMBERS = "rd_why_no_numbers"
    RD_WHY_NO_WEIGHT = "rd_why_no_weight"
    RD_WHY_REFUSED = "rd_why_refused"  # code
    RD_CALL_OFF = "rd_call_off"
    RD_ALL_HERE = "rd_all_here"
    RD_REFUND = "rd_refund"
    RD_PART = "rd_part"
    RD_EXCHANGE = "rd_exchange"
    RD_NOTHING = "rd_nothing"
    RD_SEND_BACK = "rd_send_back"
    RD_FIELD_BECAUSE = "rd_field_because"
    RD_FIELD_TRACKING = "rd_field_tracking"
    RD_FIELD_FEE = "rd_field_fee"
    RD_FIELD_AMOUNT = "rd_field_amount"
    RD_OF_ORDER = "rd_of_order"  # order
    RD_NO_ORDER = "rd_no_order"
    RD_DONE_REFUND = "rd_done_refund"  # amount
    RD_DONE_EXCHANGE = "rd_done_exchange"  # order
    RD_DONE_NOTHING = "rd_done_nothing"
    RD_DONE_SEND_BACK = "rd_done_send_back"
    RD_FEE = "rd_fee"  # amount
    RD_LOOK = "rd_look"
    RD_GOODS = "rd_goods"
    RD_LINE = "rd_line"  # n, name, why
    RD_WORTH = "rd_worth"  # amount
    RD_PHOTOS = "rd_photos"  # n
    RD_CAME = "rd_came"  # n, grade, way
    RD_SIGN_RATE = "rd_sign_rate"  # share, units
    RD_SIGN_SERIAL = "rd_sign_serial"  # sku, serial
    RD_SIGN_MORE = "rd_sign_more"  # sku, units
    RD_SIGN_WEIGHT = "rd_sign_weight"  # grams, expected
    RD_SIGN_EMPTY = "rd_sign_empty"
    RD_SIGN_OTHER_ITEM = "rd_sign_other_item"  # sku


def of_code(prefix: str, code: str) -> ReturnsDeskWord | None:
    """The word for a code of the centre's (`of_code("state", "asked")`); None for one that this app does not know."""
    try:
        return ReturnsDeskWord(f"rd_{prefix}_{code}")
    except ValueError:
        return None
