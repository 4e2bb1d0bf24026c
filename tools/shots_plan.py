"""A planned parcel for pictures and tests: three kinds of goods in one carton, and what goes in with them. Used by `shots_data`."""

from decimal import Decimal

from app.core.money import Money
from app.core.pack_plan import Block, PlanCard, SupplyCard
from app.flows.carton_picture import back_to_front

#: Inner sides of the carton.
INNER = (300, 200, 150)


def plan(towel: str, olive: str, cup: str, tea: str, packed: tuple[int, ...], following: int | None) -> PlanCard:
    """A towel below, bottles beside it, cups and tea on it; `packed` are the places that are in."""
    blocks = (
        Block(towel, (0, 0, 0), (205, 195, 40), 0, "#3a6ea5"),
        Block(olive, (210, 0, 0), (85, 85, 145), 0, "#6b8e23"),
        Block(olive, (210, 90, 0), (85, 85, 145), 0, "#6b8e23"),
        Block(cup, (0, 0, 40), (95, 95, 105), 1, "#b5533c"),
        Block(cup, (100, 0, 40), (95, 95, 105), 1, "#b5533c"),
        Block(cup, (0, 100, 40), (95, 95, 105), 1, "#b5533c"),
        Block(tea, (100, 100, 40), (100, 90, 60), 1, ""),
    )
    return PlanCard(
        carton="M2",
        why="cheapest",
        inner_mm=INNER,
        blocks=blocks,
        back_to_front=back_to_front(tuple((block.at, block.sides) for block in blocks)),
        inside=frozenset(packed),
        next=following,
        cost=Money(Decimal("6.35"), "EUR"),
        second="L1",
        dearer=Money(Decimal("0.40"), "EUR"),
        refused=(("S1", "too-little-room"), ("XL", "costs-more")),
    )


CHECKLIST = (
    SupplyCard("filling", "filling", "", False),
    SupplyCard("fragile_label", "fragile_label", "", False),
    SupplyCard("insert:CARE-CARD", "insert", "CARE-CARD", True, True),
    SupplyCard("hazard_label:UN3481", "hazard_label", "UN3481", False, True),
)
