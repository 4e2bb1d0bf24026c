"""Pools of stock and open receipts as they are kept in the database. Whoever posts holds the book's lock, so nobody else changes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.finance.codes import Method
from oms.finance.goods import Receipt
from oms.finance.models import GoodsIn, StockLayer, StockPool
from oms.finance.valuation import Layer, Pool


@dataclass(slots=True)
class _Kept:
    """A pool, and how it is in the database: layer -> (units, worth)."""

    pool: Pool
    last_n: int = 0
    layers: dict[int, tuple[int, int]] = field(default_factory=dict)
    costs: tuple[tuple[int, int], tuple[int, int]] | None = None


class Shelves:
    """The pools of one book in one transaction (`oms.finance.goods.Pools`). `save` writes what has changed."""

    def __init__(self, db: Session, book: str, method: Method) -> None:
        self._db, self._book, self._method = db, book, method
        self._pools: dict[tuple[str, str], _Kept] = {}

    def pool(self, site: str, sku: str) -> Pool:
        """The pool of an item at a site, new where there was none."""
        found = self._pools.get((site, sku))
        if found is None:
            found = self._pools[site, sku] = self._load(site, sku)
        return found.pool

    def pools_of(self, sku: str) -> Sequence[tuple[str, Pool]]:
        """(site, pool) of an item wherever it is."""
        kept = select(StockPool.site).where(StockPool.book == self._book, StockPool.sku == sku)
        sites = {*self._db.scalars(kept), *(site for site, one in self._pools if one == sku)}
        return [(site, self.pool(site, sku)) for site in sorted(sites)]

    def _load(self, site: str, sku: str) -> _Kept:
        columns = StockPool.last_n, StockPool.known_qty, StockPool.known_value, StockPool.left_qty, StockPool.left_value
        here = StockPool.book == self._book, StockPool.site == site, StockPool.sku == sku
        row = self._db.execute(select(*columns).where(*here)).one_or_none()
        if row is None:
            return _Kept(Pool(self._method))
        mine = StockLayer.book == self._book, StockLayer.site == site, StockLayer.sku == sku
        layers = self._db.execute(
            select(StockLayer.source, StockLayer.qty, StockLayer.value, StockLayer.n)
            .where(*mine)
            .order_by(StockLayer.n)
        ).all()
        last_n, known_qty, known_value, left_qty, left_value = row
        known, left = (known_qty, known_value), (left_qty, left_value)
        pool = Pool(self._method, [Layer(*layer) for layer in layers], known, left)
        return _Kept(pool, last_n, {n: (qty, value) for _, qty, value, n in layers}, (known, left))

    def save(self) -> None:
        """Writes pools that have changed."""
        for (site, sku), kept in self._pools.items():
            self._save(site, sku, kept)

    def _save(self, site: str, sku: str, kept: _Kept) -> None:
        pool, before = kept.pool, kept.last_n
        for layer in pool.layers:
            if layer.n is None:
                kept.last_n += 1
                layer.n = kept.last_n
        if kept.last_n != before or kept.costs != (pool.known, pool.left):
            self._save_pool(site, sku, kept)
        now = {layer.n: layer for layer in pool.layers if layer.n is not None}
        gone = [n for n in kept.layers if n not in now]
        where = {"book": self._book, "site": site, "sku": sku}
        if gone:
            mine = StockLayer.book == self._book, StockLayer.site == site, StockLayer.sku == sku
            self._db.execute(delete(StockLayer).where(*mine, StockLayer.n.in_(gone)))
        changed = [
            {**where, "n": n, "source": layer.source, "qty": layer.qty, "value": layer.value}
            for n, layer in now.items()
            if kept.layers.get(n) != (layer.qty, layer.value)
        ]
        if changed:
            fresh = insert(StockLayer).values(changed)
            kept_columns = {"qty": fresh.excluded.qty, "value": fresh.excluded.value}
            keys = ["book", "site", "sku", "n"]
            self._db.execute(fresh.on_conflict_do_update(index_elements=keys, set_=kept_columns))
        kept.layers = {n: (layer.qty, layer.value) for n, layer in now.items()}

    def _save_pool(self, site: str, sku: str, kept: _Kept) -> None:
        (known_qty, known_value), (left_qty, left_value) = kept.pool.known, kept.pool.left
        words = {
            "last_n": kept.last_n, "known_qty": known_qty, "known_value": known_value,
            "left_qty": left_qty, "left_value": left_value,
        }  # fmt: skip
        fresh = insert(StockPool).values(book=self._book, site=site, sku=sku, **words)
        self._db.execute(fresh.on_conflict_do_update(index_elements=["book", "site", "sku"], set_=words))
        kept.costs = (kept.pool.known, kept.pool.left)


class Receipts:
    """Goods that came without an invoice, by item; `save` writes what an invoice has named."""

    def __init__(self, db: Session, book: str, skus: Iterable[str]) -> None:
        self._db, self._book = db, book
        still = select(GoodsIn).where(
            GoodsIn.book == book, GoodsIn.sku.in_(sorted(set(skus))), GoodsIn.invoiced < GoodsIn.qty
        )
        self._rows = {row.source: row for row in db.scalars(still.order_by(GoodsIn.entry))}
        self.by_sku: dict[str, list[Receipt]] = {}
        for row in self._rows.values():
            one = Receipt(row.source, row.site, row.sku, row.qty, row.value, row.invoiced)
            self.by_sku.setdefault(row.sku, []).append(one)

    def save(self) -> None:
        """Writes how many units are invoiced now."""
        for receipts in self.by_sku.values():
            for one in receipts:
                self._rows[one.source].invoiced = one.invoiced
        self._db.flush()
