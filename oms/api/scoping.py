"""On which site a request acts: a device and a program's key act on their own, whoever serves them. One server serves all sites."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from litestar import Request

from oms.bootstrap import Oms
from oms.feed.refusals import Refusal
from oms.people.asking import site_of_bearer, site_there
from sync.contract.codes import ErrorCode

#: An administrator's key may name another site than its own with it.
SITE_HEADER: Final = "floorhand-site"
#: Tokens live for minutes; so many are known at a time.
_KNOWN: Final = 20_000


def scoped(oms: Oms) -> Callable[[Request[Any, Any, Any]], Awaitable[Oms]]:
    """The dependency `oms` of handlers: the composed OMS, at the asker's site. Who is not known acts on the server's own."""
    known: OrderedDict[str, str] = OrderedDict()

    async def provide(request: Request[Any, Any, Any]) -> Oms:
        secret = request.headers.get("authorization", "").partition(" ")[2].strip()
        wanted = request.headers.get(SITE_HEADER, "")
        if wanted:
            return await asyncio.to_thread(_at, oms, secret, wanted)
        if not secret:
            return oms
        name = sha256(secret.encode()).hexdigest()
        site = known.get(name)
        if site is None:
            site = await asyncio.to_thread(site_of_bearer, oms.sessions, secret)
            if site is None:
                return oms
            # A token's site never changes.
            known[name] = site
            if len(known) > _KNOWN:
                known.popitem(last=False)
        return at(oms, site)

    return provide


def at(oms: Oms, site: str | None) -> Oms:
    """The same OMS at another site; None: at this one."""
    return oms if site in (None, oms.site) else replace(oms, site=site)


def _at(oms: Oms, secret: str, wanted: str) -> Oms:
    found = site_there(oms.sessions, secret, wanted)
    if found is None:
        raise Refusal(404, ErrorCode.NOT_FOUND, "no such site for this key")
    return at(oms, found)
