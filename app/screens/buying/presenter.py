"""The buyer's desk: orders to suppliers found while one types, one looked at, each act asked once in place; and the items to look at. No
Qt."""

from __future__ import annotations

from typing import Any

from app.screens.buying import asking
from app.screens.buying.words import BuyingWord
from app.screens.frame import Action
from app.screens.presenter import Stage
from app.screens.words import Vocabulary
from app.screens.workbench.presenter import WorkbenchPresenter
from app.services.buying_port import Buying


class BuyingPresenter(WorkbenchPresenter):
    """As the workbench, of orders to suppliers: its second page are the items to look at, of no order."""

    name = "buying"
    rules: Any = asking
    title: Vocabulary = BuyingWord.DOOR_BUYING
    tells: Vocabulary = BuyingWord.BUY_TYPE_TO_FIND
    helps: tuple[Vocabulary, ...] = (BuyingWord.HELP_BUYING,)
    other_page = Action("tab:timeline", BuyingWord.BUY_ALERTS, "t")
    own_page = Action("tab:sheet", BuyingWord.BUY_SHEET, "t")
    way_back = "home"
    follows = "purchase"

    def __init__(self, stage: Stage, buying: Buying) -> None:
        port: Any = buying
        super().__init__(stage, port)

    def intent(self, name: str, argument: str) -> None:
        """As the workbench's; on a handheld the alerts cover the list without an order, too."""
        if name == "tab":
            self._opened = argument == "timeline" or bool(self._row)
        elif name in ("close", "leave", "back") and self._tab == "timeline" and not self._row:
            self._opened = False
        super().intent(name, argument)

    def _look_at(self, *, anew: bool = False) -> None:
        """The items to look at are there without an order, too."""
        if self._row or self._tab != "timeline":
            super()._look_at(anew=anew)
        else:
            self._fetch("timeline", lambda: self._workbench.timeline(""), lambda o: self._took_entries("", o))

    def _acts(self) -> tuple[Action, ...]:
        acts = super()._acts()
        if self._sheet is not None or self._question.asks:
            return acts
        return (self.own_page if self._tab == "timeline" else self.other_page, *acts)
