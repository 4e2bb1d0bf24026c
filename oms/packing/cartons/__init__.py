"""Cartons: which of the shop's cartons an order goes into, how its units lie in them, and what goes into none. No input or output."""

from oms.packing.cartons.choosing import choose
from oms.packing.cartons.types import (
    Carton,
    Choice,
    Cost,
    Item,
    Packed,
    Placement,
    Refused,
    Rotation,
    Rules,
    Second,
    Size,
    Unfit,
    Why,
    smallest_volume,
)

__all__ = [
    "Carton",
    "Choice",
    "Cost",
    "Item",
    "Packed",
    "Placement",
    "Refused",
    "Rotation",
    "Rules",
    "Second",
    "Size",
    "Unfit",
    "Why",
    "choose",
    "smallest_volume",
]
