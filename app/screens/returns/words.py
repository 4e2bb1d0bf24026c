"""The words that only goods that come back use. No Qt."""

from app.screens.words import Vocabulary


class ReturnWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_RETURNS = "door_returns"
    RETURN_BOX = "return_box"  # text
    RETURN_NO_LABEL = "return_no_label"
    RETURN_NAMELESS = "return_nameless"
    RETURN_EMPTY = "return_empty"
    RETURN_UNITS = "return_units"
    RETURN_HAND = "return_hand"  # n, name
    RETURN_CHOSEN = "return_chosen"
    RETURN_LINE = "return_line"  # n, name, grade, way
    RETURN_LINE_BIN = "return_line_bin"  # n, name, grade, bin
    RETURN_GRADE_A = "return_grade_a"
    RETURN_GRADE_B = "return_grade_b"
    RETURN_GRADE_C = "return_grade_c"
    RETURN_GRADE_DAMAGED = "return_grade_damaged"
    RETURN_GRADE_WRONG_ITEM = "return_grade_wrong_item"
    RETURN_RESTOCK = "return_restock"
    RETURN_QUARANTINE = "return_quarantine"
    RETURN_REPAIR = "return_repair"
    RETURN_SCRAP = "return_scrap"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    RETURN_PUT_ASIDE = "return_put_aside"
    HELP_RETURNS_BOX = "help_returns_box"
    HELP_RETURNS_ITEM = "help_returns_item"
    HELP_RETURNS_PLACE = "help_returns_place"
