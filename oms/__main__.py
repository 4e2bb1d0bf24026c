"""`python -m oms server|import|admin ...`: what `floorhand` runs for the OMS. Imports only what the command needs."""

import sys

_USAGE = """usage: python -m oms COMMAND ...

  server              run the OMS
  server verify       prove that the ledger, the facts and the leases agree
  server stock        what the books say lies where
  server backup FILE  write the whole OMS to one file, while it runs
  server restore FILE go back to a backup
  server prune        forget deletions that every device has heard of
  server restored     say that the database came back from a backup by other means
  server rotate-key   change the server's TLS key without pairing any device again
  server audit        who did what, when, on which device
  server worker       do background work beside the servers
  server jobs         background work: what waits, runs, and failed and why (also: jobs)
  server retention    how long records are kept, and the sweep of those whose time is over
  server permissions  who may do what
  server person N     all that is known of a person who works here; or erase it
  release ORDER ...   let orders onto the floor
  cancel ORDER ...    take orders off the floor
  orders ...          customer orders: find, show, timeline, import, list, hold, release-hold
  channels ...        where customer orders come from
  customers ...       find, show, merge, flag, export and erase customers
  hooks ...           who is told of events, and what became of the messages
  mails ...           what customers and the staff are written: list, again, preview, bounces, allow, staff, text
  waves ...           plan, release and watch orders together
  sites ...           sites of this server, and what sending from them costs
  sourcing ...        which sites send an order, and why
  shipping ...        prices, carriers' labels, hand-over, how far parcels are
  atp SKU ...         what may be sold of items, now and later
  forecast ...        what will be asked for, and what stock that takes
  reports ...         figures of a period, and who gets them by mail
  returns ...         what customers send back: list, show, approve, refuse, close, stats
  purchasing ...      suppliers, orders to them, and what came
  transfers ...       goods from one of our sites to another
  prices import FILE  price lists from a CSV or JSON file
  rates tax FILE      tax rates, or (rates exchange FILE) exchange rates
  quotes ...          quotations, and orders made again
  books ...           accounts, journal, trial balance, stock's worth, closing, files for accountants
  import KIND FILE    orders, items, stock, layout, rates, receipts or stock-levels from a CSV or JSON file
  verify-dossier FILE whether a dossier is as it was made
  admin ...           people, devices and keys
"""


def main(argv: list[str] | None = None) -> int:
    """Runs one command; the exit status of the process."""
    words = sys.argv[1:] if argv is None else argv
    match words:
        case ["server", "verify", *rest]:
            from oms.cli.verify import main as verify

            return verify(rest)
        case ["server", "stock", *rest]:
            from oms.cli.stock import main as stock

            return stock(rest)
        case ["server", "backup", *rest]:
            from oms.cli.backup import backup_main

            return backup_main(rest)
        case ["server", "restore", *rest]:
            from oms.cli.backup import restore_main

            return restore_main(rest)
        case ["server", "prune", *rest]:
            from oms.cli.prune import main as prune

            return prune(rest)
        case ["server", "restored", *rest]:
            from oms.cli.admin import main as restored

            return restored(["restored", *rest])
        case ["server", "rotate-key", *rest]:
            from oms.cli.trust import rotate_main

            return rotate_main(rest)
        case ["server", "audit", *rest]:
            from oms.cli.trust import audit_main

            return audit_main(rest)
        case ["server", "worker", *rest]:
            from oms.cli.worker import worker_main

            return worker_main(rest)
        case ["server", "jobs", *rest] | ["jobs", *rest]:
            from oms.cli.jobs import jobs_main

            return jobs_main(rest)
        case ["server", "retention", *rest]:
            from oms.cli.records import retention_main

            return retention_main(rest)
        case ["server", "permissions", *rest]:
            from oms.cli.records import permissions_main

            return permissions_main(rest)
        case ["server", "person", *rest]:
            from oms.cli.records import person_main

            return person_main(rest)
        case ["server", *rest]:
            from oms.cli.server import main as server

            return server(rest)
        case ["release", *rest]:
            from oms.cli.floor import release_main

            return release_main(rest)
        case ["cancel", *rest]:
            from oms.cli.floor import cancel_main

            return cancel_main(rest)
        case ["orders", ("find" | "show" | "timeline"), *_]:
            from oms.cli.order_desk import main as order_desk

            return order_desk(words[1:])
        case ["orders", *rest]:
            from oms.cli.orders import main as orders

            return orders(rest)
        case ["channels", *rest]:
            from oms.cli.channels import main as channels

            return channels(rest)
        case ["customers", *rest]:
            from oms.cli.customers import main as customers

            return customers(rest)
        case ["hooks", *rest]:
            from oms.cli.hooks import main as hooks

            return hooks(rest)
        case ["mails", *rest]:
            from oms.cli.mails import main as mails

            return mails(rest)
        case ["atp", *rest]:
            from oms.cli.atp import main as atp

            return atp(rest)
        case ["transfers", *rest]:
            from oms.cli.transfers import main as transfers

            return transfers(rest)
        case ["purchasing", *rest]:
            from oms.cli.purchasing import main as purchasing

            return purchasing(rest)
        case ["reports", *rest]:
            from oms.cli.reports import main as reports

            return reports(rest)
        case ["forecast", *rest]:
            from oms.cli.forecast import main as forecast

            return forecast(rest)
        case ["returns", *rest]:
            from oms.cli.returns import main as returns

            return returns(rest)
        case ["waves", *rest]:
            from oms.cli.floor import waves_main

            return waves_main(rest)
        case ["shipping", *rest]:
            from oms.cli.shipping import main as shipping

            return shipping(rest)
        case ["sites", *rest]:
            from oms.cli.sourcing import sites_main

            return sites_main(rest)
        case ["sourcing", *rest]:
            from oms.cli.sourcing import sourcing_main

            return sourcing_main(rest)
        case ["prices", *rest]:
            from oms.cli.money import prices_main

            return prices_main(rest)
        case ["rates", *rest]:
            from oms.cli.money import rates_main

            return rates_main(rest)
        case ["quotes", *rest]:
            from oms.cli.money import quotes_main

            return quotes_main(rest)
        case ["books", *rest]:
            from oms.cli.books import main as books

            return books(rest)
        case ["import", *rest]:
            from oms.cli.imports import main as imports

            return imports(rest)
        case ["verify-dossier", *rest]:
            from oms.cli.verify_dossier import main as verify_dossier

            return verify_dossier(rest)
        case ["admin", *rest]:
            from oms.cli.admin import main as admin

            return admin(rest)
    known = words[:1] in (["--help"], ["-h"], ["help"])
    print(_USAGE, end="", file=sys.stdout if known else sys.stderr)
    return 0 if known else 2


if __name__ == "__main__":
    raise SystemExit(main())
