"""Moments of goods that come back, as their screen shows them."""

from dataclasses import replace

from app.core.facts import Disposition, Grade, ReturnReason
from app.core.messages import Code, say
from app.core.views_returns import AnnouncedUnits, ReturnedLine, ReturnStep, ReturnView

BOX = ReturnView(ReturnStep.BOX, say(Code.RETURN_SCAN_BOX))
ITEM = ReturnView(
    ReturnStep.ITEM, say(Code.RETURN_SCAN_ITEM), found="FHR:RMA-000042", units=5, can_undo=True,
    lines=(
        ReturnedLine("Coffee machine Moka 6 cups, stainless steel", 1, Grade.DAMAGED, Disposition.SCRAP),
        ReturnedLine("Green tea Sencha 250 g", 3, Grade.A, Disposition.RESTOCK, "A-04-02"),
        ReturnedLine("Cup, white", 1, Grade.B, Disposition.QUARANTINE),
    ),
)  # fmt: skip
ANNOUNCED = replace(
    ITEM, known=True, lines=ITEM.lines[:1], units=1,
    to_come=(
        AnnouncedUnits("Green tea Sencha 250 g", 3, ReturnReason.CHANGED_MIND), AnnouncedUnits("Cup, white", 1, ReturnReason.DAMAGED),
    ),
)  # fmt: skip
GRADE = replace(
    ITEM, step=ReturnStep.GRADE, prompt=say(Code.RETURN_GRADE, name="Green tea Sencha 250 g"), name="Green tea Sencha 250 g",
    qty=2,
)  # fmt: skip
PLACE = replace(GRADE, step=ReturnStep.PLACE, prompt=say(Code.RETURN_PLACE), grade=Grade.A, way=Disposition.RESTOCK)
SCRAP = replace(PLACE, prompt=say(Code.RETURN_PLACE_ANY), grade=Grade.DAMAGED, way=Disposition.SCRAP)
OVER = replace(ITEM, step=ReturnStep.OVER, prompt=say(Code.RETURN_OVER))
