"""Takes orders of channels: idempotent, hundreds in one unit of work. The API, the import and webhooks call it.

An order is known by its channel and reference (or, without one, by a number given to it). The same again changes nothing; something else
under a known reference holds the order that is there, and is never mixed with it. What is doubtful is kept and held with its reasons.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from oms.orders.rules import ON_FLOOR
from oms.sales import known, writing
from oms.sales.checks import Checked, Way, check
from oms.sales.codes import EventKind, SaleState
from oms.sales.drafts import Address, HoldCode, SaleDraft, SaleDraftLine, Trouble
from oms.sales.events import note
from oms.sales.holds import hold
from oms.sales.known import Seen
from oms.sales.scene import Sale, lock_sales
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

__all__ = ["Address", "CaptureResult", "Captured", "HoldCode", "SaleDraft", "SaleDraftLine", "Trouble", "capture"]

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_LATER = (HoldCode.DIFFERS, HoldCode.CANCELLED_BY_CHANNEL)
_AHEAD = timedelta(days=1)
_TOO_FAR = frozenset({*ON_FLOOR, OrderState.SHIPPED})


class CaptureResult(StrEnum):
    """What became of a draft."""

    CREATED = "created"
    #: Kept, and held until somebody mends or releases it.
    HELD = "held"
    #: Known, and the same.
    UNCHANGED = "unchanged"
    #: Known under this reference with other content, or called off by its channel: the order that is there is held now.
    CONFLICT = "conflict"
    #: Known with other content and on a floor already, or called off before it came: nothing was kept of it.
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a draft: the order's number ('' when there is none), and why it is held or was rejected."""

    number: str
    result: CaptureResult
    holds: tuple[Trouble, ...] = ()


def capture(w: "Work", drafts: Sequence[SaleDraft]) -> list[Captured]:
    """Takes the drafts in one go, one `Captured` each in their order. Good ones are due: they go on by themselves once they are committed
    (`oms.sales.working`). Known ones are locked."""
    mine = [sane(_numbered_right(draft), w.now) for draft in drafts]
    scene = _Scene(w, mine)
    done = [scene.take(draft) for draft in mine]
    writing.write(w, scene.fresh)
    priced = {one.order.number: one.troubles for one in scene.fresh if one.troubles}
    return [_as_priced(one, priced.get(one.number, [])) for one in done]


def _as_priced(one: Captured, troubles: Sequence[Trouble]) -> Captured:
    """What was good until its money was looked at. What the same batch said later about it is another's result."""
    told = tuple(trouble for trouble in troubles if trouble.code not in _LATER)
    if one.result not in (CaptureResult.CREATED, CaptureResult.HELD) or not told:
        return one
    return Captured(one.number, CaptureResult.HELD, told)


def _numbered_right(draft: SaleDraft) -> SaleDraft:
    """A number nobody could type or scan is not taken over."""
    if draft.number is None or _NUMBER.fullmatch(draft.number):
        return draft
    trouble = Trouble(HoldCode.BAD_VALUE, params={"column": "number", "value": draft.number[:60]})
    return replace(draft, number=None, troubles=(*draft.troubles, trouble))


def sane(draft: SaleDraft, now: datetime) -> SaleDraft:
    """Nothing was ordered before there were web shops, nor tomorrow."""
    if draft.placed_at is None or _FIRST < draft.placed_at < now + _AHEAD:
        return draft
    trouble = Trouble(HoldCode.BAD_VALUE, params={"column": "placed_at", "value": draft.placed_at.isoformat()})
    return replace(draft, placed_at=None, troubles=(*draft.troubles, trouble))


class _Scene:
    """Everything known about a batch, and the orders it makes."""

    def __init__(self, w: "Work", drafts: Sequence[SaleDraft]) -> None:
        self._w = w
        self.fresh: list[writing.Fresh] = []
        self._ways = known.ways(w.db, {draft.channel for draft in drafts})
        self._goods = known.Goods(w.db, [(draft.channel, line) for draft in drafts for line in draft.lines])
        self._sites = known.site_ids(w.db, drafts)
        checked = [(draft, self._check(draft)) for draft in drafts]
        self._checked = {id(draft): one for draft, one in checked}
        self._likeness = {id(draft): likeness_of(draft, one) for draft, one in checked}
        known.lock_names(w, [name for draft in drafts for name in self._names(draft)])
        self._numbers = self._draw(drafts)
        numbers = {draft.number for draft in drafts if draft.number}
        numbers |= {number for number, _ in self._numbers.values()}
        seen = known.seen_orders(w.db, drafts, numbers)
        self._by_number = {one.number: one for one in seen}
        self._by_reference = {(one.channel, one.reference): one for one in seen if one.reference}
        self._like = known.look_alikes(w.db, self._likeness.values(), self._since(drafts))
        wanted = [draft for draft in drafts if not draft.cancelled]
        self._customers = {id(draft): one for draft, one in zip(wanted, known.customers(w, wanted), strict=True)}

    def _check(self, draft: SaleDraft) -> Checked:
        return check(draft, self._ways.get(draft.channel), self._goods, self._sites)

    def _names(self, draft: SaleDraft) -> list[str]:
        """What nobody else may capture meanwhile."""
        named = f"reference {draft.channel} {draft.reference}" if draft.reference else ""
        return [one for one in (named, draft.number and f"number {draft.number}", self._likeness[id(draft)]) if one]

    def _draw(self, drafts: Sequence[SaleDraft]) -> dict[int, tuple[str, int]]:
        """A number of ours and a place for each draft, in case it needs them; gaps do not matter."""
        drawn = zip(drafts, known.serials(self._w.db, len(drafts)), strict=True)
        return {id(draft): (f"{self._way(draft).prefix}{serial}", place) for draft, (serial, place) in drawn}

    def _way(self, draft: SaleDraft) -> Way:
        return self._ways.get(draft.channel) or Way()

    def _since(self, drafts: Sequence[SaleDraft]) -> datetime | None:
        minutes = max((way.rules.likeness_minutes for way in self._ways.values()), default=0)
        placed = [draft.placed_at or self._w.now for draft in drafts]
        return min(placed) - timedelta(minutes=minutes) if placed and minutes else None

    def take(self, draft: SaleDraft) -> Captured:
        """Decides about one draft."""
        there = self._known(draft)
        if draft.cancelled:
            return self._called_off(there)
        if there is not None:
            return self._again(draft, there)
        return self._make(draft)

    def _known(self, draft: SaleDraft) -> Seen | None:
        if draft.reference:
            return self._by_reference.get((draft.channel, draft.reference))
        same = self._by_number.get(draft.number) if draft.number else None
        return same if same is not None and same.channel == draft.channel else None

    def _again(self, draft: SaleDraft, there: Seen) -> Captured:
        digest = draft.content_hash()
        if digest in (there.content_hash, there.conflict_hash):
            return Captured(there.number, CaptureResult.UNCHANGED)
        trouble = Trouble(HoldCode.DIFFERS, params={"reference": (draft.reference or "")[:60]})
        fresh = next((one for one in self.fresh if one.order.number == there.number), None)
        if fresh is not None:
            there.conflict_hash = fresh.order.conflict_hash = digest
            fresh.hold(trouble)
            return Captured(there.number, CaptureResult.CONFLICT, (trouble,))
        sale = self._lock(there.number)
        if not may_be_held(sale):
            state = {"state": str(sale.order.state)}
            return Captured(
                there.number, CaptureResult.REJECTED, (replace(trouble, params={**trouble.params, **state}),)
            )
        there.conflict_hash = sale.order.conflict_hash = digest
        hold(self._w, sale, trouble.code, None, **trouble.params)
        return Captured(there.number, CaptureResult.CONFLICT, (trouble,))

    def _called_off(self, there: Seen | None) -> Captured:
        """The channel cancelled it. What is not on a floor is held for somebody to cancel; what is there is told."""
        trouble = Trouble(HoldCode.CANCELLED_BY_CHANNEL)
        if there is None:
            return Captured("", CaptureResult.REJECTED, (trouble,))
        fresh = next((one for one in self.fresh if one.order.number == there.number), None)
        if fresh is not None:
            fresh.hold(trouble)
            return Captured(there.number, CaptureResult.CONFLICT, (trouble,))
        sale = self._lock(there.number)
        if sale.order.state is SaleState.CANCELLED:
            return Captured(there.number, CaptureResult.UNCHANGED)
        if may_be_held(sale):
            hold(self._w, sale, trouble.code)
            return Captured(there.number, CaptureResult.CONFLICT, (trouble,))
        key = f"cancelled-by-channel:{there.number}"
        note(self._w, there.number, EventKind.NOTE, key=key, code=trouble.code)
        return Captured(there.number, CaptureResult.REJECTED, (trouble,))

    def _lock(self, number: str) -> Sale:
        [sale] = lock_sales(self._w, [number])
        return sale

    def _make(self, draft: SaleDraft) -> Captured:
        checked = self._checked[id(draft)]
        number = draft.number
        if number is None or number in self._by_number:
            if number is not None:
                checked.troubles.append(Trouble(HoldCode.NUMBER_TAKEN, params={"number": number}))
            number = self._free_number(draft)
        checked.troubles.extend(self._looks_like(draft))
        customer = self._customers.get(id(draft))
        digest = draft.content_hash()
        who = customer.id if customer else None
        _, place = self._numbers[id(draft)]
        named = writing.Named(number, place, who, digest, self._likeness[id(draft)])
        fresh = writing.fresh(self._w, draft, checked, named)
        if customer is not None:
            # What is known of a customer goes with each of their orders to the floor.
            fresh.order.flags = sorted({*fresh.order.flags, *customer.flags})
        self.fresh.append(fresh)
        seen = Seen(number, draft.channel, draft.reference, digest, "")
        self._by_number[number] = seen
        if draft.reference:
            self._by_reference[draft.channel, draft.reference] = seen
        self._like.append((self._likeness[id(draft)], number, fresh.order.placed_at))
        troubles = tuple(fresh.troubles)
        return Captured(number, CaptureResult.HELD if troubles else CaptureResult.CREATED, troubles)

    def _free_number(self, draft: SaleDraft) -> str:
        number, _ = self._numbers[id(draft)]
        while number in self._by_number:
            # Somebody typed a number that looks like one of ours.
            [(serial, _)] = known.serials(self._w.db, 1)
            number = f"{self._way(draft).prefix}{serial}"
            self._by_number |= {one.number: one for one in known.seen_orders(self._w.db, [], [number])}
        return number

    def _looks_like(self, draft: SaleDraft) -> list[Trouble]:
        minutes = self._way(draft).rules.likeness_minutes
        return looks_like(self._like, self._likeness[id(draft)], draft.placed_at or self._w.now, minutes)


def may_be_held(sale: Sale) -> bool:
    """Whether nothing of it is on a floor, gone or over."""
    over = sale.order.state in (SaleState.CANCELLED, SaleState.RETURNED)
    return not over and not any(part.state in _TOO_FAR for part in sale.parts)


def looks_like(
    others: Iterable[tuple[str, str, datetime]], likeness: str, placed: datetime, minutes: int
) -> list[Trouble]:
    """That one of the others (likeness, number, placed at) may be the same, when it was placed within so many minutes; 0: never."""
    near = [
        number for other, number, at in others
        if likeness and other == likeness and abs(at - placed) <= timedelta(minutes=minutes) and minutes
    ]  # fmt: skip
    return [Trouble(HoldCode.LOOKS_LIKE, params={"order": near[0]})] if near else []


def likeness_of(draft: SaleDraft, checked: Checked) -> str:
    """By which an order that came under another reference is known again; '': nobody known ordered it."""
    who = (draft.customer_number or draft.email.lower())[:200]
    if not who or not checked.lines:
        return ""
    lines = sorted((line.sku, line.qty) for line in checked.lines)
    return sha256(msgspec.json.encode((who, lines))).hexdigest()
