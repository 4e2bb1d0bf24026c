"""The buttons that name the lists of a screen, side by side; on a handheld in two rows. Used by the board and the screen of plans."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect

from app.ui.widgets.buttons import ActionButton

_GAP = 8
#: Narrower than this there is no room for all names.
_NARROW = 400


def place_tabs(buttons: Sequence[ActionButton], chosen: int, row: QRect, *, one_row: bool) -> int:
    """Places them from the top of `row` on; gives where they end. The smallest screens keep the one in front and its neighbour."""
    shown = list(buttons)
    columns = len(shown) if one_row else 3
    if row.width() < _NARROW - 20 and not one_row:
        columns = 2
        shown = [buttons[chosen], buttons[(chosen + 1) % len(buttons)]]
        for button in buttons:
            button.setVisible(button in shown and not button.isHidden())
    each = (row.width() - _GAP * (columns - 1)) / columns
    for i, button in enumerate(shown):
        line, column = divmod(i, columns)
        top = row.top() + line * (row.height() + _GAP)
        button.setGeometry(round(row.left() + column * (each + _GAP)), top, round(each), row.height())
    return row.top() + -(-len(shown) // columns) * (row.height() + _GAP) - _GAP
