"""Keeps a customer order back, and lets it go on. Capture, payments, credit and the workbench call it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale


def hold(w: "Work", sale: "Sale", code: str, line: int | None = None, **params: str | int) -> str:
    """Keeps the locked order back for the reason `code`; the id of the hold. The same open reason again is the same hold."""
    raise NotImplementedError


def release_hold(
    w: "Work",
    sale: "Sale",
    hold_id: str,
    because: str,
    *,
    address: Mapping[str, str] | None = None,
    sku: str | None = None,
) -> str | None:
    """Lets go of one hold of the locked order, mended by an `address` (keys name, street, postcode, city, region, country) or by the
    `sku` its line means; what is still wrong holds it again. The last release lets the order go on. None, or why it was refused."""
    raise NotImplementedError
