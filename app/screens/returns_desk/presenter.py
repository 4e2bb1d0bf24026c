"""Returns at the desk: what is typed is searched for at once, one return is looked at, and each act asks once in place. No Qt."""

from __future__ import annotations

from typing import Any, Final

from app.core.outcome import Changes
from app.screens.frame import Action
from app.screens.presenter import Stage
from app.screens.returns_desk import asking
from app.screens.returns_desk.words import ReturnsDeskWord
from app.screens.words import Vocabulary
from app.screens.workbench.presenter import WorkbenchPresenter
from app.services.returns_desk_port import ReturnsDesk

#: What the feed calls a return.
_RETURN: Final = "return"


class ReturnsDeskPresenter(WorkbenchPresenter):
    """As the workbench, of returns: its second page are the figures of what comes back."""

    name = "returns_desk"
    rules: Any = asking
    title: Vocabulary = ReturnsDeskWord.DOOR_RETURNS_DESK
    tells: Vocabulary = ReturnsDeskWord.RD_TYPE_TO_FIND
    helps: tuple[Vocabulary, ...] = (ReturnsDeskWord.HELP_RETURNS_DESK,)
    other_page = Action("tab:timeline", ReturnsDeskWord.RD_FIGURES, "t")
    own_page = Action("tab:sheet", ReturnsDeskWord.RD_SHEET, "t")
    way_back = "home"

    def __init__(self, stage: Stage, desk: ReturnsDesk) -> None:
        port: Any = desk
        super().__init__(stage, port)

    def on_changes(self, changes: Changes) -> None:
        """Something became of a return of this site, its label came: the one at the side is looked at again, unless somebody is being
        asked about it. The list stays as it is."""
        if self.in_front and _RETURN in changes.entities and not self._question.asks:
            self._look_at(anew=True)
