"""Very many mails by a real mail server that is away now and then, slow, greylisting and of another opinion, from two outboxes at once:
each event is told, once, and no name of a customer gets into a head.

`tools/soak mails -- --messages 5000 --seed 1`
"""

import argparse
import random
import tempfile
import time
from dataclasses import dataclass
from decimal import Decimal
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from sqlalchemy import func, select

from oms.bootstrap import Oms, open_oms
from oms.db.embedded import EmbeddedPostgres
from oms.db.work import Actor, Work
from oms.hooks import sequence
from oms.notify.models import Mail, MailState
from oms.notify.outbox import Outbox
from oms.notify.settings import MailSettings, Security
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder, CustomerOrderLine
from tests.oms.telling.mailserver import MailBox, MailHost
from tools.bench import Figure

_ACTOR = Actor("soak")
_HEADS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
_NAMES = (
    "Ada", "Ada\r\nBcc: eve@example.com", "=?utf-8?q?Ada=0D=0ABcc:_eve?=", "<b>Ada</b>", "Ada\0\x1b[2J", "\u202eadA", "Ä" * 300,
    "\r\n\r\n--b\r\n", "{0.__class__}", "%s%n", ".", "\n.\n",
)  # fmt: skip
_KINDS = 2
_LIMIT_S = 1200


@dataclass(frozen=True, slots=True)
class Done:
    """`messages` there were to tell; `told` of them at least once; `doubled`: taken again under the same Message-ID; `turned_away` for a
    while; `downs`: how often the server was away."""

    messages: int
    kinds: int
    told: int
    doubled: int
    turned_away: int
    downs: int
    seconds: float


def main(arguments: list[str]) -> list[Figure]:
    """Raises when a mail was not told, or told with a head that is not ours."""
    parser = argparse.ArgumentParser("mails")
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    got = parser.parse_args(arguments)
    print(f"seed {got.seed}")
    with tempfile.TemporaryDirectory(prefix="fh-mails-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "pg", durable=False)
        try:
            oms = open_oms(server.start())
            try:
                done = run(oms, -(-got.messages // _KINDS), got.seed)
            finally:
                oms.close()
        finally:
            server.stop()
    assert done.told == done.messages, done
    return [
        Figure("mails.told", done.told, ""),
        Figure("mails.not_told", done.messages - done.told, "", 0),
        Figure("mails.doubled_under_one_id", done.doubled, "", 2 * done.downs),
        Figure("mails.turned_away", done.turned_away, ""),
        Figure("mails.server_away", done.downs, ""),
        Figure("mails.a_second", done.messages / done.seconds, "/s"),
    ]


def run(oms: Oms, orders: int, seed: int) -> Done:
    """`orders` are confirmed and paid back, each by its mail."""
    dice = random.Random(seed)
    for first in range(0, orders, 200):
        oms.works.run(oms.site, _ACTOR, lambda w, n=first: _orders(w, range(n, min(n + 200, orders)), dice))  # type: ignore[misc]
    host = MailHost()
    host.box = _Odd(seed)
    host.start()
    told = MailSettings(
        host="127.0.0.1", port=host.port, security=Security.NONE, sender="shop@example.com", timeout_s=5.0, every_s=0.02,
        waits=(0.2,) * 200,
    )  # fmt: skip
    boxes = [Outbox(oms.works, oms.sessions, oms.site, told) for _ in range(2)]
    while oms.works.run(oms.site, _ACTOR, sequence.step) + boxes[0].write():
        pass
    begun, downs = time.monotonic(), 0
    for box in boxes:
        box.start()
    try:
        while _left(oms):
            assert time.monotonic() < begun + _LIMIT_S, "mails are still waiting"
            time.sleep(0.5)
            if dice.random() < 0.2 or not downs:
                host.stop()
                downs += 1
                time.sleep(dice.uniform(0.05, 0.5))
                host.start()
    finally:
        for box in boxes:
            box.stop()
        host.stop()
    return _counted(oms, host.box, downs, time.monotonic() - begun)


class _Odd(MailBox):
    """Slow now and then, of another opinion now and then, and greylisting."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self.grey_s = 0.3

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        """See `MailBox`."""
        self.delay_s = 0.3 if self._dice.random() < 0.005 else 0.0
        if self._dice.random() < 0.02:
            self.turned_away += 1
            return "451 4.3.0 not now"
        return await super().handle_DATA(server, session, envelope)


def _orders(w: Work, numbers: range, dice: random.Random) -> None:
    for n in numbers:
        name = dice.choice(_NAMES).replace("\0", "")
        w.db.add(CustomerOrder(
            number=f"M{n}", reference=f"{n}{name[:60]}", state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now, ship_name=name,
            ship_country=dice.choice(("NL", "DE", "DK", "GB")), email=f"c{n % 50}@example.com", total=Decimal("2.50"),
        ))  # fmt: skip
        w.db.flush()
        w.db.add(CustomerOrderLine(order_no=f"M{n}", line_no=1, sku="TEA", name=name, qty=1, price=Decimal("2.50")))
        w.db.flush()
        note(w, f"M{n}", EventKind.CAPTURED)
        note(w, f"M{n}", EventKind.REFUNDED, amount="2.50", currency="EUR")


def _left(oms: Oms) -> int:
    with oms.sessions() as db:
        return db.scalar(select(func.count()).where(Mail.state == MailState.WAITING)) or 0


def _counted(oms: Oms, box: MailBox, downs: int, seconds: float) -> Done:
    with oms.sessions() as db:
        wanted = {mail.message_id: mail for mail in db.scalars(select(Mail))}
    assert all(mail.state is MailState.SENT for mail in wanted.values()), "some were given up"
    came = [message_from_bytes(content, policy=SMTP) for _, _, content in box.mails]
    for (_, receivers, _), message in zip(box.mails, came, strict=True):
        mail = wanted[message["Message-ID"]]
        assert set(message.keys()) == _HEADS, message.keys()
        assert receivers == [mail.to], (receivers, mail.to)
        assert message["To"] == mail.to
    ids = {str(message["Message-ID"]) for message in came}
    return Done(len(wanted), _KINDS, len(ids), len(came) - len(ids), box.turned_away, downs, seconds)
