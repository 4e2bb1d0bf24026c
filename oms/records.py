"""The sweep of records whose time is over, put together from the rooms that know how. Routes and the server's background work call it."""

from collections.abc import Iterable

from oms.customers import idle
from oms.db.work import Actor, Works
from oms.people import retention


def sweep(works: Works, sites: Iterable[str], actor: Actor) -> dict[str, int]:
    """Applies the rules of retention; kind -> how many records went. What is of no site is swept with the first."""
    done: dict[str, int] = {}
    for site in sites:
        for kind, count in retention.sweep(works, site, actor, {"customers": (idle.idle, idle.forget)}).items():
            done[kind] = done.get(kind, 0) + count
    return done
