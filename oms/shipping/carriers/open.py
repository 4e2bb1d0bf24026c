"""The carriers of one server process, opened from its accounts. The server's command makes it, the application uses and closes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.accounts import Account
from oms.shipping.carriers.http import HttpCarrier, Patience
from oms.shipping.carriers.models import Adapter, CarrierAccount
from oms.shipping.carriers.port import Carrier

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Carriers:
    """Carriers that are asked by HTTP, and the secrets with which they sign what they say, by code. None of them is all there need be."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    by_code: Mapping[str, Carrier] = field(default_factory=dict)
    #: The same, asked while a person waits: soon or not at all.
    quick: Mapping[str, Carrier] = field(default_factory=dict)

    def secret(self, code: str) -> str:
        """With which this carrier signs; '' when it cannot."""
        account = self.accounts.get(code)
        return account.webhook_secret if account else ""

    def close(self) -> None:
        """Ends all connections."""
        for carrier in (*self.by_code.values(), *self.quick.values()):
            if isinstance(carrier, HttpCarrier):
                carrier.close_connections()


def open_carriers(accounts: Mapping[str, Account]) -> Carriers:
    """Connections are made when somebody is asked."""
    slow = {code: HttpCarrier(account) for code, account in accounts.items()}
    hasty = Patience(connect_s=1.0, answer_s=2.0)
    quick = {code: HttpCarrier(account, hasty) for code, account in accounts.items()}
    return Carriers(accounts, slow, quick)


def enrol(w: "Work", codes: Iterable[str]) -> None:
    """Carriers with an account give their own labels from now on. One that had an account keeps waiting for it: its parcels are not sent
    off with labels nobody at the carrier knows."""
    known = {
        account.carrier: account
        for account in w.db.scalars(select(CarrierAccount).where(CarrierAccount.site_id == w.site))
    }
    for code in codes:
        if code not in known:
            w.db.add(CarrierAccount(site_id=w.site, carrier=code, adapter=Adapter.HTTP))
            w.audit("carrier.enrolled", carrier=code)
        elif known[code].adapter is not Adapter.HTTP:
            known[code].adapter = Adapter.HTTP
            w.audit("carrier.enrolled", carrier=code)
