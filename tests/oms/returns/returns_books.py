"""The books beside a day of returns: a book of its own with that day's sites and channel, held against what orders, papers, payments and
shelves say, each counted from its own table."""

from collections import Counter
from decimal import Decimal as D

from sqlalchemy import func, select

from oms.finance import actions, queries, sweep
from oms.finance.models import Book, JournalEntry
from oms.inventory.models import StockBalance
from oms.money.business_models import Invoice
from oms.money.codes import InvoiceKind, Money, PayState
from oms.money.payment_models import Payment
from oms.sales.models import CustomerOrder

COSTS = (2_00, 3_50)
OUTSIDE = ("supplier", "shipped", "scrap", "count_adjust")
SALES = ("4000", "4090", "2200")


class DayBook:
    """`day` is a `ReturnsDay` whose houses are open. Amounts are cents."""

    def __init__(self, day):
        self.day, self.code = day, f"B{day.tag.upper()}"
        self.costs = dict(zip(day.skus, COSTS, strict=True))
        sites = [floor.site for floor in day.floors]

        def do(w):
            since = w.now.date().replace(day=1)
            actions.keep_costs(w, [(sku, since, "EUR", D(cost) / 100) for sku, cost in self.costs.items()])
            words = {"sites": sites, "channels": [day.channel], "year_starts": since.month}
            actions.open_book(w, actions.Opening(self.code, "Day", **words))

        day.act(do)

    def check(self):
        """Posts what waits; then the books say what the tables say."""
        day = self.day
        sweep.sweep(day.oms.works, day.floors[0].site, only=self.code)
        with day.oms.sessions() as db:
            book = db.get_one(Book, self.code)
            assert queries.findings(db, book) == []
            trial = queries.trial_balance(db, book)
            assert trial.off == 0
            numbers = list(db.scalars(select(JournalEntry.number).where(JournalEntry.book == self.code)))
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
            assert queries.valuation(db, book) == queries.on_shelves(db, book)
            has = Counter({row.account: row.balance for row in trial.rows})
            self._goods(db, has)
            self._money(db, has)
            self._papers(db)

    def _goods(self, db, has):
        """Every unit is worth what it costs, wherever it is: here, with a customer, thrown away, or its supplier's."""
        sites = [floor.site for floor in self.day.floors]
        mine = select(StockBalance.account, StockBalance.sku, func.sum(StockBalance.qty)).where(
            StockBalance.site_id.in_(sites)
        )
        worth = Counter()
        for account, sku, qty in db.execute(mine.group_by(StockBalance.account, StockBalance.sku)):
            place = account if account in OUTSIDE else "here"
            worth[place] += int(qty) * self.costs[sku]
        assert (has["1400"], has["5000"], has["5200"], has["2010"]) == (
            worth["here"], worth["shipped"], worth["scrap"], worth["supplier"],
        )  # fmt: skip
        assert not worth["count_adjust"]

    def _money(self, db, has):
        """What customers owe is what they keep (and what is withheld), less what they paid and did not get back yet."""
        orders = self.day.orders
        totals = cents(db.scalar(select(func.sum(CustomerOrder.total)).where(CustomerOrder.number.in_(orders))))
        moved = select(Payment.kind, func.sum(Payment.amount)).where(
            Payment.order_no.in_(orders), Payment.state == PayState.DONE
        )
        sums = {kind: cents(amount) for kind, amount in db.execute(moved.group_by(Payment.kind))}
        paid = sums.get(Money.CAPTURE, 0) - sums.get(Money.REFUND, 0)
        assert has["1150"] == paid
        assert -sum(has[account] for account in SALES) == totals
        assert has["1300"] == totals - paid

    def _papers(self, db):
        """What papers name of an order is never more than it comes to, and all of it where its invoice was made before anything came
        back."""
        for number in self.day.orders:
            made = db.scalars(select(Invoice).where(Invoice.order_no == number)).all()
            named = sum((one.total if one.kind is InvoiceKind.INVOICE else -one.total for one in made), D(0))
            total = db.get_one(CustomerOrder, number).total
            assert named <= total, (number, named, total)
            if number in self.day.invoiced_whole:
                assert named == total, (number, named, total)


def cents(amount):
    """As the books count."""
    return int((amount or D(0)) * 100)
