"""`floorhand server stock`: what the books say lies where, by account of the ledger. Works while the server runs."""

import argparse

import msgspec
from sqlalchemy import collate, select

from oms.cli.backup import database, told
from oms.cli.common import add_data_argument
from oms.datafolder import DataFolder
from oms.db.engine import make_engine
from oms.inventory.models import StockBalance


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Units of an item and lot ('' where none) in an account: `bin:<code>`, `tote:<code>`, `parcel:<id>`, `shipped` ..."""

    account: str
    sku: str
    lot: str
    qty: int


def main(argv: list[str]) -> int:
    """Exit status 1 with a sentence when the database cannot be reached."""
    parser = argparse.ArgumentParser("floorhand server stock")
    parser.add_argument("--account", help="only accounts that begin like this, such as bin: or tote:T-7")
    parser.add_argument("--json", action="store_true", help="a JSON list instead of lines")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    with told(), database(DataFolder(got.data), may_run=True) as url:
        engine = make_engine(url, pool_size=1)
        try:
            asked = select(StockBalance.account, StockBalance.sku, StockBalance.lot, StockBalance.qty).where(
                StockBalance.qty != 0, StockBalance.account.startswith(got.account or "", autoescape=True)
            )
            with engine.connect() as connection:
                rows = connection.execute(asked.order_by(collate(StockBalance.account, "C"), StockBalance.sku))
                found = [Balance(account=row.account, sku=row.sku, lot=row.lot, qty=int(row.qty)) for row in rows]
        finally:
            engine.dispose()
    if got.json:
        print(msgspec.json.encode({"stock": found}).decode())
    else:
        for one in found:
            print(f"{one.qty:>8}  {one.account}  {one.sku}{'  lot ' + one.lot if one.lot else ''}")
    return 0
