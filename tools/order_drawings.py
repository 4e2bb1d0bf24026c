"""Drawings of how orders move through their states, from the very tables that rule them: `python -m tools.order_drawings [OUT]`.

A customer order's (`oms.sales.rules.SALE`) and a site's part of it (`oms.orders.rules.ORDER`) go into `docs/` unless told otherwise, and
the first as a table into `docs/orders.md`. `tests/oms/sales` shows that they are those of today's tables.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from oms.orders.rules import ORDER, REOPENED
from oms.purchasing.codes import BuyState
from oms.purchasing.rules import BUY
from oms.returns.codes import ReturnState
from oms.returns.rules import RETURN
from oms.sales.codes import SaleState
from oms.sales.rules import SALE
from oms.transitions import Transitions
from sync.contract.codes import OrderState
from tools.flow_drawings import _BOX, _GAP, _LEFT, _TOP, Box, _arc, _drawn

HOME: Final = Path(__file__).parent.parent / "docs"
_S, _O, _R, _B = SaleState, OrderState, ReturnState, BuyState

#: What each state says to people.
SALE_WORDS: Final[dict[SaleState, str]] = {
    _S.HELD: "something is doubtful: a person must release it",
    _S.ACCEPTED: "good, and not yet given to a site",
    _S.BACKORDERED: "nothing of it can be had now; it waits for goods",
    _S.SOURCED: "given to sites; no floor has begun",
    _S.IN_WORK: "a floor has it: released, picked, packed",
    _S.READY: "stands in the store for its customer",
    _S.PARTLY_SHIPPED: "some of it has left, the rest is to come",
    _S.SHIPPED: "all of it has left or was fetched",
    _S.RETURNED: "all of it came back",
    _S.CANCELLED: "all of it was called off",
}
PART_WORDS: Final[dict[OrderState, str]] = {
    _O.HELD: "kept back, or nothing of it was found",
    _O.OPEN: "waits to be let onto the floor",
    _O.RELEASED: "its goods are reserved, its work is there",
    _O.PICKING: "somebody has picked of it; shorts may be taken back",
    _O.PICKED: "everything of it is together; shorts are final",
    _O.PACKING: "on a bench",
    _O.LABEL_PENDING: "packed; it waits for its label, or for its customer",
    _O.SHIPPED: "left",
    _O.CANCELLED: "off; what was picked goes back",
}
RETURN_WORDS: Final[dict[ReturnState, str]] = {
    _R.ASKED: "the customer wants to send something back",
    _R.APPROVED: "they may",
    _R.REFUSED: "they may not, and know why",
    _R.LABEL_SENT: "they have a label for it",
    _R.PARTLY_RECEIVED: "something came, and people are not done with it",
    _R.GRADED: "everything that came was looked at",
    _R.CLOSED: "paid back, exchanged, neither, or sent back",
    _R.CANCELLED: "they keep it",
}
BUY_WORDS: Final[dict[BuyState, str]] = {
    _B.DRAFT: "made, and nobody has looked at its sum yet",
    _B.AWAITING: "above the site's limit: a person must let it go",
    _B.APPROVED: "may be sent",
    _B.SENT: "the supplier has it; its goods are expected",
    _B.CONFIRMED: "the supplier said what comes, and when",
    _B.PARTLY: "some of it came, the rest is expected",
    _B.RECEIVED: "nothing more of it is to come",
    _B.CLOSED: "over",
    _B.CANCELLED: "off; nothing came of it",
}


def drawing(heading: str, table: Transitions[Any], words: dict[Any, str]) -> str:
    """The SVG of a table."""
    boxes: dict[StrEnum, Box] = {}
    top = _TOP
    for state in table:
        boxes[state] = Box(state, (words[state],), top)
        top += boxes[state].high + _GAP
    steps = list(boxes)
    wide, high = _LEFT * 2 + _BOX, top + 20
    arcs = [_arc(boxes, steps, one, other) for one in steps for other in steps if other in table[one]]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="Inter, Segoe UI, Noto Sans, DejaVu Sans, sans-serif">',
        f'<rect width="{wide}" height="{high}" fill="#FFFFFF"/>',
        f'<text x="{_LEFT}" y="44" font-size="26" font-weight="800" fill="#0E151C">{escape(heading)}</text>',
        f'<text x="{_LEFT}" y="70" font-size="14" fill="#536170">Right: goes on to. Left: goes back to. '
        "There are no other ways.</text>",
        *arcs,
        *(_drawn(box, n) for n, box in enumerate(boxes.values())),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def drawings() -> dict[str, str]:
    """The SVGs by name of their file."""
    part = {state: then | REOPENED.get(state, frozenset()) for state, then in ORDER.items()}
    return {
        "orders-customer.svg": drawing("A customer's order", SALE, SALE_WORDS),
        "orders-site.svg": drawing("A site's part of it", part, PART_WORDS),
        "returns.svg": drawing("A return", RETURN, RETURN_WORDS),
        "purchasing-order.svg": drawing("An order to a supplier", BUY, BUY_WORDS),
    }


def table(states: Transitions[Any] = SALE, words: Mapping[Any, str] = SALE_WORDS) -> str:
    """The states of an order (a customer's, if nobody says) as lines of Markdown."""
    lines = ["| State | What it means | May become |", "|---|---|---|"]
    for state, then in states.items():
        after = ", ".join(f"`{one.value}`" for one in words if one in then)
        lines.append(f"| `{state.value}` | {words[state]} | {after or 'nothing: it is over'} |")
    return "\n".join(lines)


def with_table(text: str, told: str = "") -> str:
    """The text of a page (`docs/orders.md`, if nobody says) with today's table between its marks."""
    said = told or table()
    return re.sub(r"(<!-- states -->\n).*?(\n<!-- end -->)", lambda m: m[1] + said + m[2], text, flags=re.S)


def main(arguments: list[str] | None = None) -> int:
    """Draws; exit status 0."""
    parser = argparse.ArgumentParser(prog="tools.order_drawings", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", nargs="?", type=Path, default=HOME)
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, svg in drawings().items():
        (out / name).write_text(svg, encoding="utf-8")
    for name, told in (
        ("orders.md", table()), ("returns.md", table(RETURN, RETURN_WORDS)), ("purchasing.md", table(BUY, BUY_WORDS)),
    ):  # fmt: skip
        page = out / name
        if page.exists():
            page.write_text(with_table(page.read_text(encoding="utf-8"), told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
