"""Mails, webhooks and what is bought, worked on by the queue: several workers, each message and each order once."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from oms.db.work import Actor
from oms.jobs import queries
from oms.jobs.queries import JobState
from oms.jobs.queue import Workers
from oms.jobs.tasks import Task, tasks_of
from oms.purchasing.models import PurchaseOrder
from oms.sales.codes import EventKind
from tests.oms.purchasing.buyer import Buyer
from tests.oms.telling.mailserver import MailHost
from tests.oms.telling.test_oms_hooks import QUICK, SEALER, happen, hook
from tests.oms.telling.test_oms_mails import TOLD, ada

pytestmark = pytest.mark.postgres
KINDS = ("mails", "webhooks", "purchase_run")


@pytest.fixture
def buyer(database_url):
    """A shop that sells to customers and buys from a supplier."""
    made = Buyer.open(database_url).equip()
    yield made
    made.close()


@pytest.fixture
def host():
    made = MailHost().start()
    yield made
    made.stop()


def seen(shop, state=None):
    with shop.oms.sessions() as db:
        return queries.seen(db, state, None, 100)


def worked(shop, task):
    """Somebody asks for it, and some worker has done it."""
    before = seen(shop).counts.get(task, {}).get(JobState.DONE, 0)
    assert shop.oms.works.run("W", Actor("test"), lambda w: queries.ask(w, task))
    end = time.monotonic() + 60
    while seen(shop).counts[task].get(JobState.DONE, 0) <= before:
        assert time.monotonic() < end, seen(shop)
        assert not seen(shop, JobState.FAILED).jobs
        time.sleep(0.02)


def test_several_workers_tell_of_each_thing_once_and_buy_once(buyer, receiver, host):
    shop = buyer
    hook(shop, receiver)
    shop.level("TEA", 10, 40)
    mail = replace(TOLD, port=host.port)
    tasks = [
        Task(one.name, "", one.run, one.tries)
        for one in tasks_of(shop.oms, mail, 0, QUICK, SEALER)
        if one.name in KINDS
    ]
    crew = [Workers(shop.oms.engine, tasks, 2) for _ in range(2)]
    for one in crew:
        one.start()
    try:
        for n in range(1, 6):
            ada(shop, f"N{n}", language="en")
            happen(shop, f"N{n}", EventKind.CAPTURED, EventKind.RELEASED)
        for _ in range(2):
            # What happened is handed out with the webhooks; the mails it makes are sent by the next job.
            for task in KINDS:
                worked(shop, task)
        assert seen(shop).workers == 2
    finally:
        for one in crew:
            one.stop()
    assert len(receiver.ids) == len(set(receiver.ids)) >= 10
    assert sorted(to for _, [to], _ in host.box.mails) == ["ada@example.com"] * 5
    [order] = shop.ask(select(PurchaseOrder))
    assert [line.sku for line in shop.bought_lines(order.number)] == ["TEA"]
