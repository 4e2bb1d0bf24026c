"""Returns at the desk: what is typed is searched for at once, one return is looked at, and each act asks once in place. No Qt."""

from __future__ import annotations

from typing import Any

from app.screens.frame import Action
from app.screens.presenter import Stage
from app.screens.returns_desk import asking
from app.screens.returns_desk.words import ReturnsDeskWord
from app.screens.words import Vocabulary
from app.screens.workbench.presenter import WorkbenchPresenter
from app.services.returns_desk_port import ReturnsDesk


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
    follows = "return"

    def __init__(self, stage: Stage, desk: ReturnsDesk) -> None:
        port: Any = desk
        super().__init__(stage, port)
