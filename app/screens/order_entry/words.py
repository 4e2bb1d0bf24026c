"""The words that only order entry uses. No Qt."""

from app.screens.words import Vocabulary


class EntryWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_ENTRY = "door_entry"
    ENTRY_ITEM_LINE = "entry_item_line"
    ENTRY_CUSTOMER_LINE = "entry_customer_line"
    ENTRY_CUSTOMER = "entry_customer"
    ENTRY_NEW_CUSTOMER = "entry_new_customer"
    ENTRY_WAY = "entry_way"
    ENTRY_PAY = "entry_pay"
    ENTRY_EXTRAS = "entry_extras"
    ENTRY_SEND = "entry_send"
    ENTRY_SEND_TO = "entry_send_to"
    ENTRY_FETCH_AT = "entry_fetch_at"  # name
    ENTRY_IN_STORE = "entry_in_store"
    ENTRY_BY_PHONE = "entry_by_phone"
    ENTRY_TO_PAY = "entry_to_pay"
    ENTRY_AT_TILL = "entry_at_till"
    ENTRY_ON_ACCOUNT = "entry_on_account"
    ENTRY_GIFT = "entry_gift"
    ENTRY_NOTE = "entry_note"
    ENTRY_FIELD_PHONE = "entry_field_phone"
    ENTRY_FIELD_EMAIL = "entry_field_email"
    ENTRY_FIELD_QTY = "entry_field_qty"
    ENTRY_COLUMN_WHAT = "entry_column_what"
    ENTRY_COLUMN_THERE = "entry_column_there"
    ENTRY_COLUMN_PRICE = "entry_column_price"
    ENTRY_LINE = "entry_line"  # n, name
    ENTRY_FREE = "entry_free"  # n
    ENTRY_NONE_FREE = "entry_none_free"
    ENTRY_ARRIVES = "entry_arrives"  # date
    ENTRY_NO_DATE = "entry_no_date"
    ENTRY_NO_PRICE = "entry_no_price"
    ENTRY_TAX_IN_LINE = "entry_tax_in_line"  # what
    ENTRY_NOBODY = "entry_nobody"
    ENTRY_EMPTY = "entry_empty"
    ENTRY_NOT_FOUND = "entry_not_found"
    ENTRY_WAITING = "entry_waiting"  # n
    ENTRY_OFFLINE = "entry_offline"
    ENTRY_WOULD_HOLD = "entry_would_hold"
    ENTRY_LINE_OF = "entry_line_of"  # n
    HELP_ENTRY = "help_entry"
    HELP_ENTRY_KEYS = "help_entry_keys"
