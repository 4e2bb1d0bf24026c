"""Files from other systems: `POST /v1/import/{kind}` with the file as the body. The command line comes this way too."""

import asyncio
from typing import Annotated, Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from oms.api.auth import HELD, bearer, key_holder
from oms.bootstrap import Oms
from oms.db.work import Actor
from oms.feed.refusals import Refusal
from oms.imports.report import Report
from oms.imports.run import KINDS, Upload, run_import
from oms.imports.text import Shape
from oms.people.keys import Scope
from sync.contract.codes import ErrorCode

Asker = Request[Any, Any, Any]
MAX_FILE = 64 * 1024 * 1024
#: What may be imported with the scope of its area alone.
_ALSO = {
    "orders": (Scope.ORDERS_WRITE,),
    "customer-orders": (Scope.ORDERS_WRITE,),
    "items": (Scope.CATALOG_WRITE,),
    "stock": (Scope.STOCK_WRITE,),
    "receipts": (Scope.STOCK_WRITE,),
    "stock-levels": (Scope.STOCK_WRITE,),
}
_JSON = frozenset({"application/json", "text/json"})
_CSV = frozenset({
    "text/csv", "text/plain", "application/csv", "application/octet-stream", "text/tab-separated-values",
    "application/edifact", "",
})  # fmt: skip


@post("/v1/import/{kind:str}", status_code=200, summary="Import a CSV or JSON file", request_max_body_size=MAX_FILE)
async def import_file(
    oms: NamedDependency[Oms],
    request: Asker,
    kind: FromPath[str],
    dry_run: FromQuery[bool] = False,
    columns: FromQuery[str] = "",
    fixed: Annotated[list[str] | None, QueryParameter(name="set")] = None,
    channel: FromQuery[str] = "",
    file_format: Annotated[str, QueryParameter(name="format")] = "",
) -> Report:
    """200 with a line of report per line of the file, whatever became of them; 401; 403; 404 kind; 413; 415. `kind` is one of `KINDS`.
    `columns=a,b,-` names the columns of a CSV file without a header, `set=column=value` fills a column of every row.
    Customer orders: `channel` they come from, and `format` (csv, json, shopify, woocommerce, magento, marketplace, edifact) where it is not
    the one of the channel's platform."""
    holder = await asyncio.to_thread(key_holder, oms, bearer(request), Scope.IMPORT, *_ALSO.get(kind, ()), of=HELD)
    if kind not in KINDS:
        raise Refusal(404, ErrorCode.NOT_FOUND, f"kind is one of {', '.join(KINDS)}")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in _JSON | _CSV:
        raise Refusal(415, ErrorCode.INVALID, "send text/csv or application/json")
    shape = Shape(_columns(columns), tuple(_pair(one) for one in fixed or ()))
    if holder.channel and (kind != "customer-orders" or channel not in ("", holder.channel)):
        raise Refusal(403, ErrorCode.FORBIDDEN, f"this key is for orders of channel {holder.channel} only")
    of = (holder.channel or channel).replace("\0", "")
    upload = Upload(kind, await request.body(), content_type in _JSON, shape, dry_run, of, file_format)
    return await asyncio.to_thread(run_import, oms, upload, Actor(f"key:{holder.name}"))


def _columns(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",")) if text.strip() else ()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise Refusal(400, ErrorCode.INVALID, "set=column=value")
    return name.strip().lower(), value


ROUTES: list[HTTPRouteHandler] = [import_file]
