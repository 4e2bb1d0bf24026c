"""The screen of returns at the desk: a line that answers while one types, chips, a list, and at the side one return. Draws the workbench's
state of it."""

from __future__ import annotations

from typing import Any

from app.screens.returns.words import ReturnWord
from app.screens.returns_desk.cells import BackTable
from app.screens.returns_desk.teller import ReturnsDeskTeller
from app.screens.returns_desk.words import ReturnsDeskWord, of_code
from app.screens.words import Vocabulary
from app.screens.workbench.view import WorkbenchScreen


class ReturnsDeskScreen(WorkbenchScreen):
    """As the workbench's, of returns."""

    teller: Any = ReturnsDeskTeller
    table: Any = BackTable
    hint: Vocabulary = ReturnsDeskWord.RD_SEARCH
    listed: Vocabulary = ReturnWord.DOOR_RETURNS
    none: Vocabulary = ReturnsDeskWord.RD_NONE
    found_words: tuple[Vocabulary, Vocabulary] = (ReturnsDeskWord.RD_FOUND, ReturnsDeskWord.RD_MORE_THAN)

    def chip(self, name: str) -> str:
        """What stands on a chip."""
        word = of_code("group", name)
        return self.texts.word(word) if word is not None else name
