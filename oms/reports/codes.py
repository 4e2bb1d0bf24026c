"""Codes and bounds of reports. Figures, parts of a period and ages are in `sync.contract.reports`."""

from enum import StrEnum
from typing import Final

from sync.contract.reports import Age

#: Age -> hours that it is less than. Older is all the rest.
AGES: Final = {Age.DAY_1: 24, Age.DAYS_2: 48, Age.DAYS_7: 168, Age.DAYS_14: 336}
#: A picker who does nothing for longer is not picking, in minutes.
BREAK_MIN: Final = 10
#: Scans by which something other than what was needed would have been taken, put or left (codes of the client).
WRONG_SCANS: Final = (
    "wrong_item", "wrong_bin", "wrong_lot", "wrong_tote", "wrong_slot", "too_many", "not_in_order", "unknown_code", "out_of_date",
    "serial_not_here", "not_on_cart",
)  # fmt: skip


class ReportRefusal(StrEnum):
    """Why there is no such report."""

    BAD_PERIOD = "report_bad_period"
    TOO_LONG = "report_too_long"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_LANGUAGE = "report_unknown_language"


class MailNotKept(StrEnum):
    """Why somebody gets no reports by mail. Nothing changed."""

    BAD_ADDRESS = "bad_address"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_SITE = "unknown_site"
    TOO_MANY = "report_too_many_mails"
