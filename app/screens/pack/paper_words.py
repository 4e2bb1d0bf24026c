"""The words of labels and papers at the bench."""

from app.screens.words import Vocabulary


class PaperWord(Vocabulary):
    """Papers, and how they fare: `paper_` and the name or the state of a `PaperCard`."""

    PAPER_LABEL = "paper_label"
    PAPER_SLIP = "paper_packing_slip"
    PAPER_CUSTOMS = "paper_customs"
    PAPER_INVOICE = "paper_invoice"
    PAPER_RETURN = "paper_return_slip"
    PAPER_PENDING = "paper_pending"
    PAPER_PROBLEM = "paper_problem"
    PAPER_FETCHING = "paper_fetching"
    PAPER_NO_PRINTER = "paper_no_printer"
    PAPERS_OWED = "papers_owed"
    PAPERS_AGAIN = "papers_again"
    PAPER_WAITING = "paper_waiting"
    PAPER_PRINTING = "paper_printing"
    PAPER_PRINTED = "paper_printed"
    PAPER_UNSURE = "paper_unsure"
    PAPER_FAILED = "paper_failed"
    LATER_MISSING = "later_missing"
    LATER_HERE = "later_here"
    LATER_LOOK = "later_look"
    HELP_LABEL_LATER = "help_label_later"
    HELP_PAPERS = "help_papers"


def paper_word(value: str) -> PaperWord | None:
    """The word for a paper or for how it fares, or None if there is no such word."""
    try:
        return PaperWord("paper_" + value.replace("-", "_"))
    except ValueError:
        return None


def later_word(label: str) -> PaperWord | None:
    """How the label of a parcel put down stands (`JobCard.label`), in two words for a narrow card; None for one that has none to come."""
    if not label or label == "waiting":
        return None
    found = {"printed": PaperWord.LATER_HERE, "unsure": PaperWord.LATER_LOOK, "failed": PaperWord.LATER_LOOK}
    return found.get(label, PaperWord.LATER_MISSING)
