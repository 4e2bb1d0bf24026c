"""The `floorhand` command. Parses no more than the first word; what it starts decides the rest, and is imported only then.

The OMS is an own program (`python -m oms`) and takes this process over, so that a server never loads Qt and the client never
loads the server.
"""

import os
import sys

_USAGE = """usage: floorhand COMMAND ...

  client      the screens of a handheld, a pack station or a supervisor's desk
  server      the central order management system; `server verify` proves its ledger
  release     orders onto the floor, by a way of picking
  cancel      orders off the floor again
  orders      customer orders: find, show, timeline, import, list, hold, release-hold
  channels    where customer orders come from
  customers   find, show, merge, flag, export and erase customers
  hooks       who is told of events, and what became of the messages
  waves       orders that are planned and released together
  shipping    prices, carriers' labels, hand-over, how far parcels are
  sites       sites of a server, and what sending from them costs
  sourcing    which sites send an order, and why
  atp         what may be sold of items, now and later
  forecast    what will be asked for, and what stock that takes
  reports     figures of a period, and who gets them by mail
  returns     what customers send back: list, show, approve, refuse, close, stats
  prices      `prices import FILE`: price lists
  rates       `rates tax FILE`, `rates exchange FILE`
  quotes      quotations, and orders made again
  books       accounts, journal, trial balance, stock's worth, closing, files for accountants
  import      orders, items, stock, layout, rates, receipts or stock-levels from a CSV or JSON file
  verify-dossier  whether an order's dossier is as it was made
  admin       people, devices and keys of a server on this machine
  devices     find, test and simulate scanners, scales and printers
  demo        a whole small warehouse on this machine
  version     the version of this program

`floorhand COMMAND --help` tells more.
"""

_OMS_COMMANDS = {
    "server",
    "import",
    "admin",
    "release",
    "cancel",
    "orders",
    "channels",
    "customers",
    "hooks",
    "mails",
    "waves",
    "atp",
    "forecast",
    "reports",
    "returns",
    "purchasing",
    "transfers",
    "shipping",
    "sites",
    "sourcing",
    "prices",
    "rates",
    "quotes",
    "books",
    "verify-dossier",
}


def main(argv: list[str] | None = None) -> int:
    """Runs one command; the exit status of the process."""
    words = sys.argv[1:] if argv is None else argv
    command, rest = (words[0], words[1:]) if words else ("--help", [])
    if command in _OMS_COMMANDS:
        os.execv(sys.executable, [sys.executable, "-m", "oms", *words])  # noqa: S606 - our own interpreter, no shell
    if command == "client":
        from app.client import main as client

        return client(rest)
    if command == "demo":
        from app.demo.command import main as demo

        return demo(rest)
    if command == "devices":
        from devices.__main__ import main as devices

        return devices(rest)
    if command in {"version", "--version"}:
        from importlib.metadata import version

        print("floorhand", version("floorhand"))
        return 0
    known = command in {"--help", "-h", "help"}
    print(_USAGE, end="", file=sys.stdout if known else sys.stderr)
    return 0 if known else 2


if __name__ == "__main__":
    raise SystemExit(main())
