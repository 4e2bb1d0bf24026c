"""Goods that come in: the views a service would give, for `tools.shots_data`."""

from dataclasses import replace

from app.core.messages import Code, say
from app.core.views_receive import LabelsStand, ReceiveCard, ReceiveLine, ReceiveStep, ReceiveView

LIST = ReceiveView(
    ReceiveStep.LIST,
    say(Code.RECEIVE_SCAN),
    (
        ReceiveCard("PO-MAIN-00017", "Teekontor Großmann & Söhne GmbH", "2026-11-24", 480),
        ReceiveCard("PO-MAIN-00018", "Linen Mill", "2026-11-26", 36),
        ReceiveCard("PO-MAIN-00012", "Keramiek Van der Heijden", "2026-11-30", 1200),
    ),
)
EMPTY = replace(LIST, expected=())
GOODS = ReceiveView(
    ReceiveStep.GOODS, say(Code.RECEIVE_GOODS), order="PO-MAIN-00017", named="PO-MAIN-00017", sender="Teekontor Großmann & Söhne GmbH",
    to_come=(
        ReceiveLine("Tea, Darjeeling first flush, 100 g", 240), ReceiveLine("Earl Grey, 100 g", 120),
        ReceiveLine("Ceramic cup, white", 96), ReceiveLine("Linen towel, sand", 24),
    ),
    open=480,
)  # fmt: skip
HAND = replace(
    GOODS, prompt=say(Code.RECEIVE_PLACE, n=52),
    hand=(ReceiveLine("Tea, Darjeeling first flush, 100 g", 48, 2, "L2209"), ReceiveLine("Earl Grey, 100 g", 4)), in_hand=52,
    open=428, can_undo=True,
)  # fmt: skip
LOT = replace(HAND, step=ReceiveStep.LOT, prompt=say(Code.RECEIVE_LOT, sku="FH1050"))
DAY = replace(HAND, step=ReceiveStep.DAY, prompt=say(Code.RECEIVE_DAY, sku="FH1050"))
BLIND = replace(HAND, order="blind", named="", sender="", to_come=(), open=0)
DONE = replace(GOODS, step=ReceiveStep.DONE, prompt=say(Code.RECEIVE_DONE))
BOOKED = replace(GOODS, open=428, can_undo=True, can_label=True)
LABELS = replace(
    BOOKED, step=ReceiveStep.LABELS, prompt=say(Code.RECEIVE_LABELS, n=46, sku="FH1050"),
    label=ReceiveLine("Tea, Darjeeling first flush, 100 g", 46, lot="L2209"), more_labels=True,
)  # fmt: skip
PRINTED = replace(BOOKED, labels=LabelsStand.PRINTED)
UNSURE = replace(BOOKED, labels=LabelsStand.UNSURE)
DONE_LABELLED = replace(DONE, can_label=True, labels=LabelsStand.FAILED)
