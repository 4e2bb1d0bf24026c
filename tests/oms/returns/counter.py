"""The desk where customers bring things back, as a program sees it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from oms.sales.codes import PaymentState
from tests.oms.money.till import priced, send
from tests.oms.sales.shop import Shop


@dataclass
class Counter:
    """Asks the API; what is refused is told by its `reason`."""

    shop: Shop
    web: Any

    def sold(self, number="N1", *lines, site="W", out_of="", rate=None, **words):
        """An order that was paid and left: `("TEA", 3, "10.00")` are three units at that price. `out_of` '': of no bin."""
        lines = lines or (("TEA", 3, "10.00"),)
        priced(
            self.shop, number, *[(sku, qty, cost, rate) for sku, qty, cost in lines],
            **{"payment": PaymentState.CAPTURED, "email": "ada@example.com", **words},
        )  # fmt: skip
        self.leave(
            number,
            site,
            f"bin:{out_of}" if out_of else "supplier",
            **{f"L{n}": qty for n, (_, qty, _) in enumerate(lines, 1)},
        )
        return self

    def leave(self, number, site="W", out_of="supplier", **packed):
        """Units of lines are packed and leave, as goods and as counts."""
        skus = {line.line_no: line.sku for line in self.shop.lines_of(number)}
        floor = self.shop.warehouse if site == "W" else self.shop.store
        for key, qty in packed.items():
            floor.act(lambda w, sku=skus[int(key[1:])], n=qty: w.move(uuid4().hex, 0, sku, "", out_of, "shipped", n))
        send(self.shop, number, site, **packed)

    def post(self, path, **body):
        answer = self.web.post(f"/v1/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def good(self, path, **body):
        """What was done."""
        said = self.post(path, **body)
        assert said["done"], said
        return said["sheet"]

    def no(self, path, **body):
        """(reason, words) of what was refused."""
        said = self.post(path, **body)
        assert not said["done"], said
        return said["reason"], said["params"]

    def ask(self, number="N1", *lines, **words):
        """A return of `(line, qty, reason)`."""
        asked = [
            {"line": line, "qty": qty, "reason": reason} for line, qty, reason in lines or [(1, 1, "changed_mind")]
        ]
        return self.good("returns", order=number, lines=asked, **words)

    def came(self, number, *lines, done=True, **words):
        """Units came: `("TEA", 1, "a")`."""
        rows = [{"sku": sku, "qty": qty, "grade": grade} for sku, qty, grade in lines]
        return self.good(f"returns/{number}/receive", lines=rows, done=done, **words)

    def rule(self, **words):
        """What is taken back, everywhere."""
        said = self.post("return-rules", rule=words)
        assert said["done"], said
        return self

    def brought(self, number="N1", *lines, grade="a", **words):
        """A return that was asked for, approved, and looked at; its number."""
        asked = lines or ((1, 1, "changed_mind"),)
        sheet = self.ask(number, *asked)
        name = sheet["head"]["number"]
        if sheet["head"]["state"] == "asked":
            self.good(f"returns/{name}/decide", say="approve")
        self.came(name, *[(one["sku"], one["qty"], grade) for one in sheet["lines"]], **words)
        return name
