"""New orders, from checked drafts to rows, in a handful of statements for any number of them. Capture calls it."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import text

from oms.db.bulk import columns_of, insert_together
from oms.sales.checks import Checked
from oms.sales.codes import EventKind, PaymentState, SaleState
from oms.sales.drafts import ZERO, Address, HoldCode, SaleDraft, Trouble
from oms.sales.found_by import words_of_new
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent, OrderHold
from oms.sales.ports import PORTS, Problem
from oms.sales.search_words import both_ways
from oms.sales.sums import kept, tax_of, total_of

if TYPE_CHECKING:
    from oms.db.work import Work

_MAX_TEXT = 2000
_MAX_SHORT = 200
_MAX_FLAGS = 20
_FIND: Final = text(
    "INSERT INTO order_search (order_no, n, words) SELECT order_no, n, array_to_tsvector(words)"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(order_no text, n bigint, words text[])"
)


@dataclass(slots=True)
class Fresh:
    """An order that will be written, with its lines and what holds it."""

    order: CustomerOrder
    lines: list[CustomerOrderLine]
    troubles: list[Trouble]
    #: Among all orders that are found (`OrderSearch.n`).
    place: int
    #: What its first event says beside the channel.
    said: dict[str, Any] = field(default_factory=dict)
    promo_codes: Sequence[str] = ()

    def hold(self, trouble: Trouble) -> None:
        """One more reason, once."""
        if trouble not in self.troubles:
            self.troubles.append(trouble)
        self.order.state = SaleState.HELD


@dataclass(frozen=True, slots=True)
class Named:
    """What a new order is called, its place among those that are found, whose it is, and what it is known again by."""

    number: str
    place: int
    customer: str | None
    digest: str
    likeness: str


def fresh(w: "Work", draft: SaleDraft, checked: Checked, named: Named) -> Fresh:
    """The rows of a new order; nothing is written yet."""
    troubles = _once(checked.troubles)
    ship = checked.ship
    order = CustomerOrder(
        number=named.number, state=SaleState.HELD if troubles else SaleState.ACCEPTED, placed_at=draft.placed_at or w.now,
        captured_at=w.now, channel=draft.channel[:_MAX_SHORT], reference=draft.reference, customer_id=named.customer,
        language=checked.language, email=draft.email[:_MAX_SHORT], phone=draft.phone[:_MAX_SHORT],
        ship_name=ship.name, ship_street=ship.street, ship_postcode=ship.postcode, ship_city=ship.city,
        ship_region=ship.region, ship_country=ship.country, bill_to=asdict(checked.bill) if checked.bill else {},
        pick_up_site=draft.pick_up_site if _site_known(draft, troubles) else None,
        carrier=draft.carrier[:_MAX_SHORT], service=draft.service[:_MAX_SHORT], priority=draft.priority,
        wanted=draft.wanted, note=draft.note[:_MAX_TEXT], flags=sorted(set(draft.flags))[:_MAX_FLAGS],
        substitution=draft.substitution, splitting=draft.splitting, currency=checked.currency[:3],
        tax_included=checked.tax_included, payment=draft.payment or PaymentState.NONE, content_hash=named.digest,
        likeness=named.likeness,
    )  # fmt: skip
    _sum_up(order, draft, checked)
    lines = _lines(named.number, draft, checked)
    return Fresh(order, lines, troubles, named.place, _as_sent(draft.ship, ship), draft.promo_codes)


def _once(troubles: Sequence[Trouble]) -> list[Trouble]:
    seen: dict[tuple[str, int | None], Trouble] = {}
    for trouble in troubles:
        seen.setdefault((trouble.code, trouble.line), trouble)
    return list(seen.values())


def _site_known(draft: SaleDraft, troubles: Sequence[Trouble]) -> bool:
    return not any(trouble.code == "order_unknown_site" for trouble in troubles)


def _sum_up(order: CustomerOrder, draft: SaleDraft, checked: Checked) -> None:
    """Money as the channel told it, so far as it told it."""
    order.goods = sum((line.goods for line in checked.lines), ZERO)
    order.discount = sum((line.discount for line in checked.lines), ZERO)
    order.shipping = draft.shipping if kept(draft.shipping) else ZERO
    tax = tax_of(draft, checked.lines)
    order.tax = tax if tax is not None and kept(tax) else ZERO
    total = draft.total if draft.total is not None and kept(draft.total) else None
    if total is None and kept(draft.shipping):
        total = total_of(draft, checked.lines, checked.tax_included)
    order.total = total if total is not None and kept(total) else ZERO


def _lines(number: str, draft: SaleDraft, checked: Checked) -> list[CustomerOrderLine]:
    return [
        CustomerOrderLine(
            order_no=number, line_no=line_no, sku=line.sku[:_MAX_SHORT], qty=line.qty, name=said.name[:_MAX_SHORT],
            foreign_sku=(said.foreign_sku or (said.sku if said.sku != line.sku else ""))[:_MAX_SHORT],
            problem=line.problem, price=line.price, discount=line.discount, tax_rate=line.tax_rate,
            tax=line.tax or ZERO, total=line.goods - line.discount, flags=sorted(set(said.flags))[:_MAX_FLAGS],
        )
        for line_no, (said, line) in enumerate(zip(draft.lines, checked.lines, strict=True), 1)
    ]  # fmt: skip


def _as_sent(sent: Address, made: Address) -> dict[str, Any]:
    """The fields of the address that were written otherwise, as the channel wrote them."""
    before, after = asdict(sent), asdict(made)
    return {
        f"sent_{name}": before[name][:_MAX_SHORT] for name in before if before[name] and before[name] != after[name]
    }


def write(w: "Work", made: Sequence[Fresh]) -> None:
    """Prices everything, inserts it, makes it findable and notes that it happened. What pricing finds doubtful is one more trouble of its
    order; those without any are due: `onward` goes on with them once they are committed."""
    if not made:
        return
    with w.db.no_autoflush:
        for one in made:
            _price(w, one)
    w.db.flush()
    for one in made:
        one.order.due_at = None if one.troubles else w.now
    insert_together(
        w.db,
        (CustomerOrder, [columns_of(one.order) for one in made]),
        (CustomerOrderLine, [columns_of(line) for one in made for line in one.lines]),
        (OrderHold, [_hold(w, one, trouble) for one in made for trouble in one.troubles]),
        (OrderEvent, [event for one in made for event in _events(w, one)]),
    )
    words = words_of_new(w.db, [(one.order, one.lines) for one in made])
    found = [
        {"order_no": one.order.number, "n": one.place, "words": both_ways(words[one.order.number], one.place)}
        for one in made
    ]
    w.db.execute(_FIND, {"rows": msgspec.json.encode(found).decode()})


def _price(w: "Work", one: Fresh) -> None:
    hold_for_money(one, PORTS.price(w, one.order, one.lines, one.promo_codes))


def hold_for_money(one: Fresh, problems: Sequence[Problem]) -> None:
    """What pricing found doubtful about it."""
    bad_lines = any(trouble.line is not None for trouble in one.troubles)
    for found in problems:
        if bad_lines and found.code == HoldCode.TOTAL_DIFFERS:
            # Of course it does: a line is not what it should be.
            continue
        one.hold(Trouble(str(found.code), found.line, dict(found.params)))


def _hold(w: "Work", one: Fresh, trouble: Trouble) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex, "order_no": one.order.number, "code": str(trouble.code), "at": w.now,
        "params": trouble.params, "line_no": trouble.line, "released_at": None, "released_by": None, "because": "",
    }  # fmt: skip


def _events(w: "Work", one: Fresh) -> list[dict[str, Any]]:
    said = {"channel": one.order.channel, "reference": one.order.reference, **one.said}
    held = [{"code": str(t.code), "line": t.line, **t.params} for t in one.troubles]
    return [_event(w, one, EventKind.CAPTURED, said), *(_event(w, one, EventKind.HELD, words) for words in held)]


def _event(w: "Work", one: Fresh, kind: EventKind, words: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_no": one.order.number, "at": w.now, "kind": str(kind), "words": words, "source": w.actor.source,
        "worker_id": w.actor.worker, "device": w.actor.device, "site_id": None, "key": None,
    }  # fmt: skip
