"""The plain rule of an order's money, for where no other room decides. `ports` offers it."""

from typing import TYPE_CHECKING

from oms.sales.scene import Sale

if TYPE_CHECKING:
    from oms.db.work import Work


def reprice(w: "Work", sale: Sale) -> None:
    """What is due follows from the lines (`oms.sales.due`); nobody is told."""
