"""Orders from a file, whole order by whole order. What cannot be released is kept as a held order that says why; what is known already
changes nothing; something else under a known number is never mixed with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, or_, select

from oms.catalog.models import Item
from oms.customers.matching import Buyer, by_number
from oms.db.bulk import insert_rows
from oms.db.work import Work
from oms.imports.order_drafts import DraftOrder
from oms.imports.report import BadLine, Line, Result
from oms.orders import rules
from oms.orders.models import Order, OrderLine
from sync.contract.codes import OrderState

_ADDRESS = ("name", "street", "postcode", "city", "country")


def apply(w: Work, drafts: Sequence[DraftOrder]) -> list[Line]:
    """Writes the drafts; one line of report for each line of the file."""
    skus = {line.sku for draft in drafts for line in draft.lines}
    known_skus = set(w.db.scalars(select(Item.sku).where(Item.site_id == w.site, Item.sku.in_(skus))))
    numbers = [draft.number for draft in drafts]
    orders = {
        o.number: o
        for o in w.db.scalars(
            select(Order)
            .where(Order.site_id == w.site, Order.number.in_(numbers))
            .order_by(Order.number)
            .with_for_update()
        )
    }
    references = _references(w, drafts)
    customers = _customers(w, drafts)
    batch = _Batch()
    lines: list[Line] = []
    for draft in drafts:
        problems = _problems(draft, known_skus)
        _check_reference(draft, references, problems)
        result, extra = _decide(w, draft, orders.get(draft.number), problems, customers, batch)
        lines += _report(draft, result, extra or problems)
    batch.write(w)
    return lines


class _Batch:
    """New rows, written with one statement per table."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []

    def write(self, w: Work) -> None:
        """Inserts everything."""
        insert_rows(w.db, Order, self.orders)
        insert_rows(w.db, OrderLine, self.lines)


def _decide(
    w: Work,
    draft: DraftOrder,
    order: Order | None,
    problems: list[tuple[int, BadLine]],
    customers: dict[str, str],
    batch: _Batch,
) -> tuple[Result, list[tuple[int, BadLine]]]:
    """What becomes of one draft, and the reason when that is not one of its own problems."""
    digest = draft.content_hash()
    if order is None:
        columns = _columns(w, draft, problems, customers, digest)
        batch.orders.append({"site_id": w.site, "number": draft.number, **_FRESH, **columns})
        batch.lines += _lines(w, draft, problems)
        w.touch("order", draft.number)
        return (Result.HELD if problems else Result.CREATED), []
    said_before = digest == order.content_hash and _reason(problems) == order.held_reason
    if said_before or digest == order.conflict_hash:
        return Result.UNCHANGED, []
    if order.state is OrderState.HELD and not order.conflict_hash and order.released_at is None:
        for name, value in _columns(w, draft, problems, customers, digest).items():
            setattr(order, name, value)
        w.db.execute(delete(OrderLine).where(OrderLine.site_id == w.site, OrderLine.order_no == order.number))
        batch.lines += _lines(w, draft, problems)
        w.touch("order", order.number)
        return (Result.HELD if problems else Result.UPDATED), []
    if digest == order.content_hash:
        return Result.UNCHANGED, []
    if order.state is OrderState.OPEN:
        # Two different orders under one number: nobody but a person can say which is meant, so neither goes to the floor.
        order.state, order.held_reason, order.held_params = OrderState.HELD, "order_differs", {}
        order.conflict_hash = digest
        w.touch("order", order.number)
        return Result.HELD, [(draft.line, BadLine("order_differs"))]
    code = "order_differs" if order.state is OrderState.HELD else "order_in_work"
    return Result.REJECTED, [(draft.line, BadLine(code, state=str(order.state)))]


_FRESH: dict[str, Any] = {"pick_up": False, "conflict_hash": "", "released_at": None, "shipped_at": None}


def _columns(
    w: Work, draft: DraftOrder, problems: list[tuple[int, BadLine]], customers: dict[str, str], digest: str
) -> dict[str, Any]:
    texts = draft.texts
    first = problems[0][1] if problems else None
    return {
        "state": OrderState.HELD if problems else OrderState.OPEN,
        "held_reason": first.code if first else "",
        "held_params": first.words if first else {},
        "content_hash": digest,
        "placed_at": draft.placed or w.now,
        "reference": texts["reference"] or None if _reason(problems) != "reference_of_other_order" else None,
        "customer_id": customers.get(texts["customer"]),
        **{f"ship_{name}": texts[name] for name in _ADDRESS},
        **{name: texts[name] for name in ("channel", "email", "carrier", "service", "note", "currency")},
        "priority": draft.priority,
        "cut_off": draft.cut_off,
        "promised": draft.promised,
        "flags": draft.flags,
        "substitution": draft.substitution,
    }


def _lines(w: Work, draft: DraftOrder, problems: list[tuple[int, BadLine]]) -> list[dict[str, Any]]:
    wrong = {line: problem.code for line, problem in problems}
    return [
        {
            "site_id": w.site, "order_no": draft.number, "line_no": number, "sku": line.sku, "qty": line.qty,
            "picked": 0, "packed": 0, "short": 0, "price": line.price, "tax_rate": line.tax_rate,
            "problem": line.problem.code if line.problem else wrong.get(line.line, ""),
        }
        for number, line in enumerate(draft.lines, start=1)
    ]  # fmt: skip


def _problems(draft: DraftOrder, known_skus: set[str]) -> list[tuple[int, BadLine]]:
    """Everything that keeps the order off the floor, with the line of the file."""
    found = list(draft.problems)
    found += [(line.line, line.problem) for line in draft.lines if line.problem]
    plain = rules.Draft(
        lines=tuple(rules.DraftLine(line.sku, line.qty, line.price) for line in draft.lines),
        currency=draft.texts["currency"],
        **{name: draft.texts[name] for name in _ADDRESS},
    )
    for problem in rules.problems(plain, known_skus):
        if problem.line is None:
            found.append((draft.line, BadLine(problem.code, **dict(problem.words))))
        elif draft.lines[problem.line - 1].problem is None:
            found.append((draft.lines[problem.line - 1].line, BadLine(problem.code, **dict(problem.words))))
    return found


def _reason(problems: list[tuple[int, BadLine]]) -> str:
    return problems[0][1].code if problems else ""


def _references(w: Work, drafts: Sequence[DraftOrder]) -> dict[tuple[str, str], str]:
    """(channel, reference) -> order number, of what is stored."""
    asked = {(d.texts["channel"], d.texts["reference"]) for d in drafts if d.texts["reference"]}
    if not asked:
        return {}
    same = or_(*(and_(Order.channel == channel, Order.reference == reference) for channel, reference in sorted(asked)))
    rows = w.db.execute(select(Order.channel, Order.reference, Order.number).where(Order.site_id == w.site, same))
    return {(channel, reference or ""): number for channel, reference, number in rows}


def _check_reference(
    draft: DraftOrder, references: dict[tuple[str, str], str], problems: list[tuple[int, BadLine]]
) -> None:
    reference = draft.texts["reference"]
    if not reference:
        return
    owner = references.setdefault((draft.texts["channel"], reference), draft.number)
    if owner != draft.number:
        problems.insert(0, (draft.line, BadLine("reference_of_other_order", reference=reference, order=owner)))


def _customers(w: Work, drafts: Sequence[DraftOrder]) -> dict[str, str]:
    """Customer number -> id; new customers are made. The newest name and address of an order do not change who is known."""
    named = [d for d in drafts if d.texts["customer"]]
    buyers = [_buyer(draft) for draft in named]
    return {d.texts["customer"]: id for d, id in zip(named, by_number(w, buyers, w.site), strict=True)}


def _buyer(draft: DraftOrder) -> Buyer:
    texts = draft.texts
    return Buyer(
        foreign_id=texts["customer"], name=texts["name"], email=texts["email"], street=texts["street"],
        postcode=texts["postcode"], city=texts["city"], country=texts["country"],
    )  # fmt: skip


def _report(draft: DraftOrder, result: Result, problems: list[tuple[int, BadLine]]) -> list[Line]:
    """One line per line of the file; a line's own problem stands on it, the order's first one on the others."""
    own: dict[int, BadLine] = {}
    for at, problem in problems:
        own.setdefault(at, problem)
    numbers = sorted({draft.line, *(line.line for line in draft.lines), *own})
    if result in (Result.CREATED, Result.UPDATED, Result.UNCHANGED):
        return [Line(line=number, key=draft.number, result=result) for number in numbers]
    first = problems[0][1]
    return [
        Line(
            line=number,
            key=draft.number,
            result=result,
            code=own.get(number, first).code,
            words=own.get(number, first).words,
        )
        for number in numbers
    ]
