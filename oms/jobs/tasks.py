"""What is done in the background, when, and how often it is tried. `oms.jobs.queue` makes jobs of it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms import records
from oms.bootstrap import Oms
from oms.catalog.sites import every_site
from oms.channels.sealing import Sealer
from oms.db.work import Actor
from oms.forecast import running
from oms.forecast.codes import RunState
from oms.hooks.serving import Server
from oms.hooks.settings import HookSettings
from oms.hooks.worker import HookDesk
from oms.notify import staff
from oms.notify.outbox import MOST_IN_A_ROW, Outbox
from oms.notify.settings import MailSettings
from oms.purchasing.models import StockRule
from oms.purchasing.run import run as purchase_run
from oms.purchasing.sending import OrderPost
from oms.reports import mailing
from oms.sourcing.keeper import look_once

if TYPE_CHECKING:
    from oms.db.work import Work

_ACTOR: Final = Actor("jobs")
#: How long a piece of a forecast takes before it is asked whether the server is to end.
_PIECE_S: Final = 5.0


class CutShort(RuntimeError):
    """The server ends; the job is tried again, and goes on where it was."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job: `run` does it, and looks at the event now and then: it is set when the server is to end. `cron` says when it is due
    (UTC, with seconds as the sixth field where there is one); '': only when somebody asks. Only one of a kind runs at a time."""

    name: str
    cron: str
    run: Callable[[Event], object]
    tries: int = 5


def tasks_of(
    oms: Oms,
    mail: MailSettings,
    resource_minutes: float,
    hooks: HookSettings | None = None,
    sealer: Sealer | None = None,
) -> list[Task]:
    """All of them, for a server with these settings; webhooks where the key of their secrets is known."""
    sites = every_site(oms.sessions)

    def forecast(stopping: Event) -> None:
        for site in sites():
            while running.run(oms.works, site, _ACTOR, _PIECE_S).state is RunState.RUNNING:
                if stopping.is_set():
                    raise CutShort

    def resource(_: Event) -> None:
        look_once(oms.engine, oms.works, oms.site)

    def retention(_: Event) -> None:
        records.sweep(oms.works, sites(), _ACTOR)

    def tell_staff(_: Event) -> None:
        for site in sites():
            oms.works.run(site, _ACTOR, lambda w: staff.look(w, mail))

    def look_back(_: Event) -> None:
        for site in sites():
            oms.works.run(site, _ACTOR, lambda w: staff.look_back(w, mail))

    def buy(_: Event) -> None:
        for site in sites():
            oms.works.run(site, _ACTOR, _bought)

    def send_mails(stopping: Event) -> None:
        post = Outbox(oms.works, oms.sessions, oms.site, mail, sealer)
        while post.send() == (MOST_IN_A_ROW, True) and not stopping.is_set():
            pass
        OrderPost(oms.works, oms.sessions, oms.site, mail).send()

    def reports(_: Event) -> None:
        mailing.send_due(oms.works, oms.sessions, sites(), mail, _ACTOR)

    made = [
        Task("forecast", "30 1 * * *", forecast), Task("retention", "10 2 * * *", retention),
        Task("purchase_run", "50 3 * * *", buy),
    ]  # fmt: skip
    if mail.host:
        made += [
            Task("tell_staff", "* * * * *", tell_staff), Task("mails", "* * * * *", send_mails),
            Task("reports", "*/15 * * * *", reports), Task("look_back", "30 4 * * *", look_back),
        ]  # fmt: skip
    if hooks is not None and sealer is not None:
        made.append(Task("webhooks", "* * * * *", _telling(oms, mail, hooks, sealer)))
    made.append(Task("resource", _every(resource_minutes), resource))
    return made


def _bought(w: "Work") -> None:
    """What is lacking of a site's items is ordered, where somebody has said when of any of them."""
    if w.db.scalars(select(StockRule.sku).where(StockRule.site_id == w.site).limit(1)).first() is not None:
        purchase_run(w)


def _telling(oms: Oms, mail: MailSettings, hooks: HookSettings, sealer: Sealer) -> Callable[[Event], object]:
    """Hands out what happened, and serves receivers until none is due or the server ends."""
    # Who knows no mail server must not pass events by of which others write mails.
    followers = [Outbox(oms.works, oms.sessions, oms.site, mail, sealer).write] if mail.host else []
    desk = HookDesk(oms.works, oms.site, hooks, sealer, followers)
    server = Server(oms.works, oms.site, hooks, sealer)

    def tell(stopping: Event) -> None:
        while not stopping.is_set() and (desk.step() or server.serve()):
            pass

    return tell


def _every(minutes: float) -> str:
    """A schedule that comes nearest to so many minutes; '' for 0."""
    if minutes <= 0:
        return ""
    if minutes < 1:
        return f"* * * * * */{max(1, round(minutes * 60))}"
    return f"*/{round(minutes)} * * * *" if minutes < 60 else f"0 */{min(23, round(minutes / 60))} * * *"
