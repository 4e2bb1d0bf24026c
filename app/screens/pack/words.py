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
    JOIN = "join"
    PART = "part"
    GOES_ALONG = "goes_along"  # no, tote
    TAKE_PHOTO = "take_photo"
    PHOTO_PARCEL = "photo_parcel"
    PHOTO_DAMAGE = "photo_damage"
    PHOTO_CONTENTS = "photo_contents"
    PHOTO_LABEL = "photo_label"
    PHOTO_WHAT = "photo_what"
    PHOTO_FILE = "photo_file"
    PHOTOS_TAKEN = "photos_taken"  # n
    REOPEN = "reopen"
    REOPEN_WRONG_GOODS = "reopen_wrong_goods"
    REOPEN_DAMAGED = "reopen_damaged"
    REOPEN_WRONG_BOX = "reopen_wrong_box"
    REOPEN_CUSTOMER = "reopen_customer"
    WAITS_ASIDE = "waits_aside"
    WAITS_FETCHING = "waits_fetching"
    WAITS_GOODS_HERE = "waits_goods_here"
