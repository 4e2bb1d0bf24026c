"""The screen of the buyer's desk: a line that answers while one types, chips, a list, and at the side one order. Draws the state of the
workbench."""

from __future__ import annotations

from typing import Any

from app.screens.buying.cells import BuyTable
from app.screens.buying.teller import BuyingTeller
from app.screens.buying.words import BuyingWord, of_code
from app.screens.words import Vocabulary
from app.screens.workbench.view import WorkbenchScreen


class BuyingScreen(WorkbenchScreen):
    """As the workbench's, of orders to suppliers."""

    teller: Any = BuyingTeller
    table: Any = BuyTable
    hint: Vocabulary = BuyingWord.BUY_SEARCH
    listed: Vocabulary = BuyingWord.BUY_LISTED
    none: Vocabulary = BuyingWord.BUY_NONE
    found_words: tuple[Vocabulary, Vocabulary] = (BuyingWord.BUY_FOUND, BuyingWord.BUY_MORE_THAN)

    def chip(self, name: str) -> str:
        """What stands on a chip."""
        word = of_code("group", name)
        return self.texts.word(word) if word is not None else name
