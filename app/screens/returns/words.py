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
    RETURN_LEFT = "return_left"
    RETURN_TO_COME = "return_to_come"  # n, name, why
    RETURN_KEEPS_IT = "return_keeps_it"
    WHY_CHANGED_MIND = "why_changed_mind"
    WHY_DOES_NOT_FIT = "why_does_not_fit"
    WHY_NOT_AS_DESCRIBED = "why_not_as_described"
    WHY_DAMAGED = "why_damaged"
    WHY_DEFECTIVE = "why_defective"
    WHY_WRONG_ITEM = "why_wrong_item"
    WHY_MISSING_PARTS = "why_missing_parts"
    WHY_TOO_LATE = "why_too_late"
    WHY_OTHER = "why_other"
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
