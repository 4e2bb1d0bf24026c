"""Words that only the bench has: goods that are fetched, totes put aside, parcels opened again. No Qt."""

from app.screens.words import Vocabulary


class PackWord(Vocabulary):
    """The words of the pack screen. One entry per wording."""

    FETCH = "fetch"
    FETCH_BROKEN = "fetch_broken"
    FETCH_OTHER = "fetch_other"
    ASIDE = "aside"
    HOLD_DAMAGED = "hold_damaged"
    HOLD_QUESTION = "hold_question"
    HOLD_PAPERS = "hold_papers"
    REOPEN = "reopen"
    REOPEN_WRONG_GOODS = "reopen_wrong_goods"
    REOPEN_DAMAGED = "reopen_damaged"
    REOPEN_WRONG_BOX = "reopen_wrong_box"
    REOPEN_CUSTOMER = "reopen_customer"
    WAITS_ASIDE = "waits_aside"
    WAITS_FETCHING = "waits_fetching"
    WAITS_GOODS_HERE = "waits_goods_here"
