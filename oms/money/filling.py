"""From prices to the sums of one order, step by step: prices of lists, promo codes, rates, totals, and whether they are what was told.
`pricing.price` runs it."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from oms.money import promos, taxes
from oms.money.business_models import BusinessAccount
from oms.money.codes import MoneyCode, Rounding
from oms.money.currencies import ZERO, coin, known, rounded, spread
from oms.money.models import MoneyRule, OrderMoney
from oms.money.problem import Problem
from oms.money.sums import Cost, Position, Sums, work_out
from oms.money.tables import Tables, Wanted
from oms.sales.models import CustomerOrder, CustomerOrderLine

if TYPE_CHECKING:
    from oms.db.work import Work

#: Unit prices are kept to this.
_KEPT = Decimal("0.0001")


class Filling:
    """One order while it is priced."""

    def __init__(
        self,
        w: "Work",
        order: CustomerOrder,
        lines: Sequence[CustomerOrderLine],
        account: BusinessAccount | None,
        rule: MoneyRule,
    ) -> None:
        self._w, self._order, self._lines, self._rule, self._account = w, order, lines, rule, account
        self._tables = Tables.of(w.db)
        self.problems: list[Problem] = []
        self.by_us = [line for line in lines if line.price is None]
        #: What the channel told of the whole order.
        self._told_total, self._told_tax = order.total, order.tax
        self._told_taxes = sum((line.tax for line in lines), ZERO) or order.tax
        self._place = self._where()
        self.money = OrderMoney(
            order_no=order.number, rounding=rule.rounding, capture=rule.capture,
            vat_number=self._place.vat, reverse_charge=self._place.reverse_charge,
        )  # fmt: skip
        self._free_shipping = False

    def _where(self) -> taxes.Place:
        order = self._order
        said = str(order.bill_to.get("vat_number") or (self._account.vat_number if self._account else ""))
        number = taxes.vat_number(said) if said else ""
        if number is None:
            self.problems.append(Problem(MoneyCode.BAD_VAT_NUMBER, params={"number": said[:40]}))
        return taxes.Place(
            order.ship_country, order.ship_region, order.placed_at.date(), self._rule.seller_country, number or ""
        )

    def run(self, promo_codes: Sequence[str]) -> None:
        """All steps."""
        if not known(self._order.currency):
            self.problems.append(Problem(MoneyCode.BAD_CURRENCY, params={"currency": self._order.currency[:10]}))
        self._rates()
        self._prices()
        if promo_codes and self.by_us and len(self.by_us) == len(self._lines):
            self._promos(promo_codes)
        if any(line.price is not None for line in self._lines):
            self._sum_up()
        self.money.counted = {str(line.line_no): line.qty for line in self._lines}

    def prices_only(self) -> None:
        """Prices and rates of lines that came to an order later; its sums stay."""
        self._told_taxes = ZERO
        self._rates()
        self._prices()

    def _rates(self) -> None:
        """Rates nobody told; where the channel told the tax itself, that is believed."""
        unknown = [line for line in self._lines if line.tax_rate is None]
        if not unknown or (self._told_taxes and not self.by_us):
            return
        categories = (
            self._tables.categories((line.sku for line in unknown), self._place.country)
            if self._tables.keeps_taxes
            else {}
        )
        for line in unknown:
            line.tax_rate = taxes.line_rate(self._tables, self._place, line.sku, categories)
            if line.tax_rate is None and (line.price is None or not self._order.tax_included):
                self._problem(MoneyCode.NO_TAX_RATE, line, country=self._order.ship_country)

    def _problem(self, code: MoneyCode, line: CustomerOrderLine, **params: str | int) -> None:
        self.problems.append(Problem(code, line.line_no, params))

    def _prices(self) -> None:
        if not self.by_us:
            return
        order = self._order
        if not self._tables.lists and len(self.by_us) == len(self._lines):
            # Nobody here keeps prices: an order without money.
            return
        group = self._account.price_group if self._account else ""
        wanted = Wanted(order.currency, order.placed_at.date(), order.customer_id or "", group, order.channel)
        found = self._tables.prices(wanted, [(line.sku, line.qty) for line in self.by_us])
        for line, price in zip(self.by_us, found, strict=True):
            if price is None:
                self._problem(MoneyCode.NO_PRICE, line, item=line.sku[:64])
            else:
                line.price = self._as_order(*price, line)

    def _as_order(self, price: Decimal, included: bool, line: CustomerOrderLine) -> Decimal:
        """A list's price as this order tells prices: with tax or without. Where the buyer pays the tax, a price that has it in it is first
        rid of what it would be."""
        rate = line.tax_rate or ZERO
        if self._place.reverse_charge and included:
            categories = self._tables.categories([line.sku], self._place.country)
            there = self._tables.tax_rate(
                self._place.country, self._place.region, categories.get(line.sku, "standard"), self._place.day
            )
            return (price / (1 + (there or ZERO))).quantize(_KEPT)
        if included == self._order.tax_included:
            return price
        return (price / (1 + rate) if included else price * (1 + rate)).quantize(_KEPT)

    def _promos(self, codes: Sequence[str]) -> None:
        order = self._order
        priced = tuple((line.sku, line.qty, line.price or ZERO) for line in self._lines)
        who = order.customer_id or order.email.strip().lower()
        basket = promos.Basket(priced, order.currency, order.channel, order.placed_at.date(), who)
        made = promos.use(self._w, order.number, codes, basket)
        for line, off in zip(self._lines, made.lines, strict=True):
            line.discount += off
        self.money.promo_codes = made.used
        if made.free_shipping:
            order.shipping = ZERO
        self.problems += [Problem(code, params={"code": name[:40]}) for name, code in made.refused]

    # --- sums ---

    def _sum_up(self) -> None:
        order, money = self._order, self.money
        worth: dict[Decimal, Decimal] = defaultdict(Decimal)
        for line in self._lines:
            worth[line.tax_rate or ZERO] += line.qty * (line.price or ZERO)
        money.shipping_rate = taxes.shipping_rate(self._tables, self._place, worth)
        sums = self._like_told()
        for line, cost in zip(self._lines, sums.lines, strict=True):
            line.tax, line.total = cost.tax, cost.total
        money.shipping_tax = sums.shipping.tax
        order.goods, order.discount, order.shipping = sums.goods, sums.discount, sums.shipping.amount
        order.tax, order.total = sums.tax, sums.total

    def _like_told(self) -> Sums:
        """The sums by the rule; by the other rounding where just that is what the channel told; or a few coins beside what it told, which
        then go to the dearest line. Anything else is a problem."""
        if self._told_taxes and all(line.tax_rate is None for line in self._lines):
            return self._checked(self._by_told_tax())
        first, second = self._work_out(self._rule.rounding), self._work_out(_other(self._rule.rounding))
        if self.by_us or not self._told_total or first.total == self._told_total:
            return first
        if second.total == self._told_total:
            self.money.rounding = _other(self._rule.rounding)
            return second
        return self._checked(first)

    def _work_out(self, rounding: Rounding) -> Sums:
        positions = [
            Position(line.qty, line.price or ZERO, line.discount, line.tax_rate or ZERO) for line in self._lines
        ]
        return work_out(
            positions, self._order.currency, included=self._order.tax_included, rounding=rounding,
            shipping=self._order.shipping, shipping_rate=self.money.shipping_rate,
        )  # fmt: skip

    def _by_told_tax(self) -> Sums:
        """Tax that was told without a rate: each line's own, or the order's, laid on lines and sending by what they cost."""
        plain = self._work_out(Rounding.LINE)
        amounts = [*(line.amount for line in plain.lines), plain.shipping.amount]
        told = rounded(self._told_tax or self._told_taxes, self._order.currency)
        each = spread(told, [max(ZERO, one) for one in amounts], self._order.currency)
        costs = [
            Cost(cost.goods, cost.amount, tax, cost.amount if self._order.tax_included else cost.amount + tax)
            for cost, tax in zip([*plain.lines, plain.shipping], each, strict=True)
        ]
        return Sums(tuple(costs[:-1]), costs[-1])

    def _checked(self, sums: Sums) -> Sums:
        told, unit = self._told_total, coin(self._order.currency)
        if not told or sums.total == told or not sums.lines:
            return sums
        beside = told - sums.total
        at = max(range(len(sums.lines)), key=lambda n: (sums.lines[n].total, -n))
        if abs(beside) > unit * len(sums.lines) or beside % unit:
            self.problems.append(Problem(MoneyCode.TOTAL_DIFFERS, params={"said": str(told), "sum": str(sums.total)}))
            return sums
        lines = list(sums.lines)
        one = lines[at]
        if self._order.tax_included:
            lines[at] = Cost(one.goods + beside, one.amount + beside, one.tax, one.total + beside)
        else:
            lines[at] = Cost(one.goods, one.amount, one.tax + beside, one.total + beside)
        return Sums(tuple(lines), sums.shipping)


def _other(rounding: Rounding) -> Rounding:
    return Rounding.ORDER if rounding is Rounding.LINE else Rounding.LINE
