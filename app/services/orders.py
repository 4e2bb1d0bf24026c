"""The supervisor's orders. Implements `api.Orders`; `view` runs on the store worker, `release` on the network worker."""

from collections import Counter
from collections.abc import Sequence

from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.pack_plan import ServiceCard
from app.core.storage import StorageTrouble
from app.core.views import ExceptionCard, OrderCard, OrdersView, Person
from app.services.gate import SUPERVISES
from app.services.notices import message_of
from app.services.overlay import Overlay
from app.services.pack_carton import money
from app.services.ports import Centre, CentreAway, CentreRefused, Store
from sync.contract.codes import OrderState
from sync.contract.packing import ServiceSaid
from sync.contract.rows import ExceptionRow, OrderRow
from sync.contract.wire import ReleaseOrderResult

ALL = "all"
#: How long a supervisor waits for a release: allocation of many orders takes its time.
RELEASE_S = 20.0

_PACKED = (OrderState.PACKING, OrderState.LABEL_PENDING, OrderState.SHIPPED)


class OrdersService:
    """Owns what the list was last narrowed to, to show the same list after a release."""

    def __init__(self, store: Store, centre: Centre) -> None:
        self._store = store
        self._centre = centre
        self._state, self._search = ALL, ""

    def view(self, state: str, search: str) -> Outcome[OrdersView]:
        """See `api.Orders`."""
        self._state, self._search = state, search
        return self._outcome()

    def release(self, numbers: tuple[str, ...]) -> Outcome[OrdersView]:
        """See `api.Orders`."""
        person = self._person()
        if person is None or not SUPERVISES & person.roles:
            return self._outcome(say(Code.NOT_ALLOWED))
        try:
            reply = self._centre.release_orders(numbers, person.session, RELEASE_S)
        except CentreAway:
            return self._outcome(say(Code.NEEDS_CENTRE))
        except CentreRefused:
            return self._outcome(say(Code.NOT_ALLOWED))
        return self._outcome(_released(reply.results), Changes(frozenset({"order", "job", "work"})))

    def _person(self) -> Person | None:
        try:
            with self._store.look() as u:
                return u.people.signed_in()
        except StorageTrouble:
            return None

    def _outcome(self, message: Message | None = None, changes: Changes | None = None) -> Outcome[OrdersView]:
        try:
            with self._store.look() as u:
                orders = Overlay.of(u).orders(u.rows.all(OrderRow))
                needs_you = tuple(_exception(row) for row in u.rows.all(ExceptionRow) if row.state == "open")
                person = u.people.signed_in()
        except StorageTrouble:
            orders, needs_you, person, message = [], (), None, say(Code.STORAGE_FULL)
        may = person is not None and bool(SUPERVISES & person.roles)
        shown = tuple(_card(row) for row in self._narrowed(orders))
        view = OrdersView(
            orders=shown, counts=dict(Counter(row.state.value for row in orders)), needs_you=needs_you,
            filter=self._state, can_release=may and self._centre.online(),
            prompt=say(Code.CHOOSE_ORDERS) if self._centre.online() else say(Code.NEEDS_CENTRE),
        )  # fmt: skip
        return Outcome(self._state, view, message, changes or Changes())

    def _narrowed(self, orders: Sequence[OrderRow]) -> list[OrderRow]:
        """Those in the wanted state whose number or customer contains the words searched for; the most urgent first."""
        words = self._search.casefold().strip()
        chosen = [
            row
            for row in orders
            if self._state in (ALL, row.state.value)
            and (words in row.id.casefold() or words in row.customer.casefold())
        ]
        return sorted(chosen, key=lambda row: (row.priority, row.cut_off or "9", row.id))


def _released(results: Sequence[ReleaseOrderResult]) -> Message:
    """The first order that stayed behind is named with its reason; without one, how many went."""
    refused = next((result for result in results if result.job is None), None)
    if refused is None:
        return say(Code.ORDERS_RELEASED, n=len(results))
    if refused.reason == Code.NOT_ENOUGH_STOCK.value:
        return say(Code.NOT_ENOUGH_STOCK, **{"sku": "", "missing": 0, "order": refused.order, **refused.params})
    return say(Code.RELEASE_REFUSED, order=refused.order, reason=refused.reason or "")


def _card(row: OrderRow) -> OrderCard:
    units = sum(line.qty for line in row.lines)
    packing = row.state in _PACKED
    done = sum((line.packed if packing else line.picked) + line.short for line in row.lines)
    return OrderCard(
        no=row.id, state=row.state.value, customer=row.customer, lines=len(row.lines), units=units,
        done_units=min(units, done), priority=row.priority, carrier=row.carrier, cut_off=row.cut_off,
        flags=tuple(row.flags), note=row.held_reason or row.note, service=row.service, service_why=_why(row.service_why),
    )  # fmt: skip


def _why(said: ServiceSaid | None) -> ServiceCard | None:
    if said is None:
        return None
    return ServiceCard(
        why=said.why.value, price=money(said.price, said.currency), leaves=said.leaves_on, arrives=said.arrives_on,
        promised=said.promised, other=said.other, more=money(said.more, said.currency),
    )  # fmt: skip


def _exception(row: ExceptionRow) -> ExceptionCard:
    return ExceptionCard(id=row.id, message=message_of(row.action, row.params), state=row.state, worker=row.worker)
