"""The words that only goods that come in use. No Qt."""

from app.screens.words import Vocabulary


class ReceiveWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_RECEIVE = "door_receive"
    RECEIVE_EXPECTED = "receive_expected"
    RECEIVE_NOTHING = "receive_nothing"
    RECEIVE_BLIND = "receive_blind"
    RECEIVE_TITLE = "receive_title"  # no
    RECEIVE_FACTS = "receive_facts"  # sender, n
    RECEIVE_IN_HAND = "receive_in_hand"
    RECEIVE_TO_COME = "receive_to_come"
    RECEIVE_LINE = "receive_line"  # n, name
    RECEIVE_LINE_BROKEN = "receive_line_broken"  # n, name, bad
    RECEIVE_DAMAGED = "receive_damaged"
    RECEIVE_FINISH = "receive_finish"
    HELP_RECEIVE = "help_receive"
    RECEIVE_PRINT = "receive_print"
    RECEIVE_ONE_LABEL = "receive_one_label"  # n
    RECEIVE_SKIP_LABEL = "receive_skip_label"
    RECEIVE_LABEL_PRINTING = "receive_label_printing"
    RECEIVE_LABEL_PRINTED = "receive_label_printed"
    RECEIVE_LABEL_FAILED = "receive_label_failed"
    RECEIVE_LABEL_UNSURE = "receive_label_unsure"
    HELP_RECEIVE_LABELS = "help_receive_labels"
