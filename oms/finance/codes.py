"""Words of the books: what is posted, on which kind of account, how stock is valued, and what can be wrong. Codes only."""

from enum import StrEnum


class Event(StrEnum):
    """What happened. Each has its rule in `oms.finance.rules`; each fact makes exactly one entry."""

    GOODS_RECEIVED = "goods_received"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    TRANSFER = "transfer"
    ADJUSTMENT = "adjustment"
    SHIPMENT = "shipment"
    RETURN_TO_STOCK = "return_to_stock"
    WRITE_OFF = "write_off"
    SUPPLIER_INVOICE = "supplier_invoice"
    #: Freight, duty: known after the goods are here.
    LATE_COST = "late_cost"
    SUPPLIER_PAYMENT = "supplier_payment"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    #: What customers have got (or brought back) that no invoice names.
    SALE = "sale"
    PAYMENT = "payment"
    REFUND = "refund"
    #: What a payment provider keeps for itself.
    FEE = "fee"
    #: What a payment provider lays on the bank account.
    PAYOUT = "payout"
    OPENING = "opening"
    EXCHANGE = "exchange"
    YEAR_END = "year_end"
    #: Written by a bookkeeper, account by account.
    MANUAL = "manual"


class Role(StrEnum):
    """What an account is for. A chart gives each one number and one name."""

    STOCK = "stock"
    #: Goods that are here and no supplier has invoiced.
    GOODS_IN = "goods_in"
    PAYABLE = "payable"
    INPUT_TAX = "input_tax"
    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    OUTPUT_TAX = "output_tax"
    SALES_RETURNS = "sales_returns"
    COST_OF_GOODS = "cost_of_goods"
    STOCK_DIFFERENCE = "stock_difference"
    WRITTEN_OFF = "written_off"
    #: Money that payment providers hold.
    CLEARING = "clearing"
    BANK = "bank"
    FEES = "fees"
    EXCHANGE = "exchange"
    OPENING = "opening"
    RESULT = "result"


class Kind(StrEnum):
    """On which side of the year's end an account lies."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Method(StrEnum):
    """How stock is valued."""

    FIFO = "fifo"
    AVERAGE = "average"


class BooksCode(StrEnum):
    """Why a request about the books was refused. Message codes."""

    UNKNOWN_BOOK = "books_unknown"
    KNOWN_BOOK = "books_known"
    BAD_BOOK = "books_bad"
    UNKNOWN_CHART = "books_unknown_chart"
    UNKNOWN_ACCOUNT = "books_unknown_account"
    BAD_CURRENCY = "books_bad_currency"
    BAD_AMOUNT = "books_bad_amount"
    NOT_BALANCED = "books_not_balanced"
    MORE_THAN_RECEIVED = "books_more_than_received"
    UNKNOWN_GOODS = "books_unknown_goods"
    NO_RATE = "no_exchange_rate"
    BEFORE_OPENING = "books_before_opening"
    NOT_OVER = "books_period_not_over"
    CLOSED = "books_closed"
    YEAR_FIRST = "books_year_first"
    WAITING = "books_facts_waiting"
    NOT_RIGHT = "books_not_right"
    OVER_A_YEAR = "books_over_a_year"
