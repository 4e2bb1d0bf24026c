"""The words that only the buyer's desk uses. No Qt."""

from app.screens.words import Vocabulary


class BuyingWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_BUYING = "door_buying"
    HELP_BUYING = "help_buying"
    BUY_SEARCH = "buy_search"
    BUY_TYPE_TO_FIND = "buy_type_to_find"
    BUY_LISTED = "buy_listed"
    BUY_NONE = "buy_none"
    BUY_FOUND = "buy_found"  # n
    BUY_MORE_THAN = "buy_more_than"  # n
    BUY_SHEET = "buy_sheet"
    BUY_ALERTS = "buy_alerts"
    BUY_NO_ALERTS = "buy_no_alerts"
    BUY_ALERT_LOW_STOCK = "buy_alert_low_stock"
    BUY_ALERT_DEAD_STOCK = "buy_alert_dead_stock"
    BUY_ALERT_HIGH_RETURNS = "buy_alert_high_returns"
    BUY_LOW = "buy_low"  # name, have, want
    BUY_DEAD = "buy_dead"  # name, have, want
    BUY_BACK = "buy_back"  # name, have, want
    BUY_ALERTS_MORE = "buy_alerts_more"  # n
    BUY_COLUMN_ORDER = "buy_column_order"
    BUY_COLUMN_SUPPLIER = "buy_column_supplier"
    BUY_COLUMN_TOTAL = "buy_column_total"
    BUY_COLUMN_CAME = "buy_column_came"
    BUY_COLUMN_DAY = "buy_column_day"
    BUY_GROUP_TO_APPROVE = "buy_group_to_approve"
    BUY_GROUP_TO_SEND = "buy_group_to_send"
    BUY_GROUP_COMING = "buy_group_coming"
    BUY_GROUP_LATE = "buy_group_late"
    BUY_GROUP_OVER = "buy_group_over"
    BUY_STATE_DRAFT = "buy_state_draft"
    BUY_STATE_AWAITING_APPROVAL = "buy_state_awaiting_approval"
    BUY_STATE_APPROVED = "buy_state_approved"
    BUY_STATE_SENT = "buy_state_sent"
    BUY_STATE_CONFIRMED = "buy_state_confirmed"
    BUY_STATE_PARTLY_RECEIVED = "buy_state_partly_received"
    BUY_STATE_RECEIVED = "buy_state_received"
    BUY_STATE_CLOSED = "buy_state_closed"
    BUY_STATE_CANCELLED = "buy_state_cancelled"
    BUY_STATE_LATE = "buy_state_late"
    BUY_APPROVE = "buy_approve"
    BUY_SEND = "buy_send"
    BUY_CONFIRM = "buy_confirm"
    BUY_AMOUNTS = "buy_amounts"
    BUY_CALL_OFF = "buy_call_off"
    BUY_FIELD_REFERENCE = "buy_field_reference"
    BUY_FIELD_DAY = "buy_field_day"
    BUY_FIELD_UNITS = "buy_field_units"
    BUY_ABOVE = "buy_above"  # amount
    BUY_BY_RULE = "buy_by_rule"
    BUY_BY_PERSON = "buy_by_person"  # name
    BUY_SENT_ON = "buy_sent_on"  # day
    BUY_CONFIRMED_ON = "buy_confirmed_on"  # day
    BUY_CALLED = "buy_called"  # order
    BUY_BY_HAND = "buy_by_hand"
    BUY_NO_ADDRESS = "buy_no_address"
    BUY_UNDELIVERED = "buy_undelivered"
    BUY_GOODS = "buy_goods"
    BUY_LINE = "buy_line"  # n, name
    BUY_LINE_PRICE = "buy_line_price"  # amount, sku
    BUY_LINE_COMES = "buy_line_comes"  # n, day
    BUY_LINE_LATE = "buy_line_late"  # n, day
    BUY_LINE_CAME = "buy_line_came"  # n
    BUY_LINE_DAMAGED = "buy_line_damaged"  # n
    BUY_LINE_LESS = "buy_line_less"  # n


def of_code(prefix: str, code: str) -> BuyingWord | None:
    """The word for a code of the centre's (`of_code("state", "sent")`); None for one that this app does not know."""
    try:
        return BuyingWord(f"buy_{prefix}_{code}")
    except ValueError:
        return None
