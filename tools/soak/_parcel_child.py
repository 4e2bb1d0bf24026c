"""The desk that asks carriers, in a process that can be killed: `python -m tools.soak._parcel_child DATABASE CARRIER KEY`."""

import sys
import threading

from sqlalchemy import make_url

from oms.accounts import Account
from oms.bootstrap import open_oms
from oms.shipping.carriers.desk import Desk
from oms.shipping.carriers.http import HttpCarrier, Patience


def main() -> None:
    """Runs until it is killed; says on standard output when it has begun."""
    database, url, key = sys.argv[1:4]
    oms = open_oms(make_url(database), pool_size=6)
    carrier = HttpCarrier(Account("ACME", url, key), Patience(connect_s=2.0, answer_s=0.4, again_s=0.02))
    desk = Desk(oms.works, oms.site, {"ACME": carrier}, every_s=0.05)
    desk.start()
    print("asking", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
