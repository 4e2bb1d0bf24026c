"""The queue of background work on a real PostgreSQL: several workers, retries, the schedule, a killed worker, and what is shown of it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, text

from oms.api.app import make_app
from oms.channels.sealing import Sealer
from oms.cli.jobs import STATES
from oms.db.work import Actor
from oms.forecast.models import ForecastRun
from oms.hooks.settings import HookSettings
from oms.jobs import queries
from oms.jobs.queries import JobState
from oms.jobs.queue import Workers
from oms.jobs.tasks import Task, tasks_of
from oms.notify.settings import MailSettings
from oms.people.keys import Scope, add_key, new_key
from tests.oms.test_oms_cli_process import Server, data, run  # noqa: F401 - a fixture

pytestmark = pytest.mark.postgres


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def ask(oms, task):
    return oms.works.run(oms.site, Actor("test"), lambda w: queries.ask(w, task))


def seen(oms, state=None, task=None):
    with oms.sessions() as db:
        return queries.seen(db, state, task, 100)


@pytest.fixture
def crew(oms):
    """Starts workers that end with the test."""
    made = []

    def start(*tasks, count=2, silent_s=30.0):
        made.append(Workers(oms.engine, tasks, count, silent_s))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


def test_a_job_is_done_once_by_one_of_several_workers(oms, crew):
    done, at_once, most = [], [], []

    def work(_):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.1)
        done.append(threading.get_ident())
        at_once.pop()

    for _ in range(3):
        crew(Task("work", "", work))
    assert ask(oms, "work")
    assert not ask(oms, "work")
    until(lambda: len(done) == 1 and not seen(oms, JobState.RUNNING).jobs)
    assert ask(oms, "work")
    until(lambda: len(done) == 2 and not seen(oms, JobState.RUNNING).jobs)
    assert most == [1, 1]
    assert seen(oms).counts["work"] == {JobState.DONE: 2}
    assert seen(oms).workers == 3


def test_what_fails_is_tried_again_and_then_shown_as_failed(oms, crew, expected_log):
    expected_log.append("broken")
    tries = []

    def broken(_):
        tries.append(1)
        raise ZeroDivisionError("by nothing\nand a second line")

    crew(Task("broken", "", broken, tries=1))
    ask(oms, "broken")
    until(lambda: seen(oms, JobState.FAILED).jobs)
    [job] = seen(oms, JobState.FAILED).jobs
    assert (job.task, len(tries), job.problem) == ("broken", 1, "ZeroDivisionError: by nothing")
    assert not oms.works.run(oms.site, Actor("test"), lambda w: queries.again(w, job.id + 1))
    assert oms.works.run(oms.site, Actor("test"), lambda w: queries.again(w, job.id))
    until(lambda: len(tries) == 2)


def test_the_schedule_is_kept_once_by_however_many(oms, crew):
    done = []
    for _ in range(2):
        crew(Task("tick", "* * * * * */2", lambda _: done.append(time.monotonic())))
    until(lambda: len(done) >= 2)
    with oms.sessions() as db:
        twice = "SELECT defer_timestamp FROM jobs.procrastinate_periodic_defers WHERE task_name = 'tick' GROUP BY 1 HAVING count(*) > 1"
        assert db.execute(text(twice)).all() == []


_MANY = """
import sys, time
from sqlalchemy import make_url, text
from oms.bootstrap import open_oms
from oms.jobs.queue import Workers
from oms.jobs.tasks import Task
url, slow, tasks = sys.argv[1], sys.argv[2], sys.argv[3:]
oms = open_oms(make_url(url))
def task(name):
    def do(_):
        print("begun", name, flush=True)
        time.sleep(600 if name == slow else 0.05)
        with oms.engine.begin() as db:
            db.execute(text("INSERT INTO did VALUES (:name)"), {"name": name})
    return Task(name, "", do)
crew = Workers(oms.engine, [task(name) for name in tasks], 2, 3.0)
crew.start()
print("ready", flush=True)
sys.stdin.read()
crew.stop()
oms.close()
"""


def test_two_processes_share_the_work_and_take_over_what_one_of_them_leaves(oms, database_url):
    """One is killed in the middle of a job: the other does it, and nothing is done twice or left."""
    names = [f"work{n}" for n in range(12)]
    with oms.engine.begin() as db:
        db.execute(text("CREATE TABLE did (name text)"))
    for name in names:
        ask(oms, name)
    url = database_url.render_as_string(hide_password=False)

    def worker(slow):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, "-c", _MANY, url, slow, *names], **pipes)

    def did():
        with oms.engine.connect() as db:
            return sorted(db.scalars(text("SELECT name FROM did")))

    # The first finds a job that never ends, and holds it when it dies.
    with worker(names[3]) as first:
        while first.stdout.readline() != f"begun {names[3]}\n":
            pass
        os.kill(first.pid, signal.SIGKILL)
    with worker("none") as second:
        try:
            until(lambda: did() == sorted(names))
            until(lambda: not seen(oms, JobState.RUNNING).jobs)
            assert did() == sorted(names)
            assert {name: seen(oms).counts[name] for name in names} == {name: {JobState.DONE: 1} for name in names}
        finally:
            second.stdin.close()
            assert second.wait(60) == 0
            second.stdout.read()


def test_the_end_of_a_server_is_heard_by_the_job_that_runs(oms, crew, expected_log):
    begun, heard = threading.Event(), []

    def long(stopping):
        begun.set()
        heard.append(stopping.wait(30))

    workers = crew(Task("long", "", long))
    ask(oms, "long")
    assert begun.wait(30)
    workers.stop()
    assert heard == [True]
    assert [one.state for one in seen(oms, task="long").jobs] == [JobState.DONE]


def test_all_that_we_do_in_the_background_can_be_done(oms, crew):
    mail = MailSettings(host="127.0.0.1", sender="a@example.com")
    tasks = tasks_of(oms, mail, 5, HookSettings(), Sealer(b"k" * 32))
    assert {one.name for one in tasks} == {
        "forecast", "retention", "purchase_run", "tell_staff", "look_back", "reports", "mails", "webhooks", "resource",
    }  # fmt: skip
    crew(*(Task(one.name, "", one.run, one.tries) for one in tasks))
    for one in tasks:
        ask(oms, one.name)
    until(
        lambda: (
            sum(of.get(JobState.DONE, 0) for name, of in seen(oms).counts.items() if not name.startswith("jobs.")) == 9
        )
    )
    with oms.sessions() as db:
        assert len(db.scalars(select(ForecastRun)).all()) == 1


def test_the_command_line_knows_the_states():
    assert list(STATES) == [one.value for one in JobState]


@pytest.mark.parametrize(
    ("minutes", "cron"),
    [(0, ""), (5, "*/5 * * * *"), (0.1, "* * * * * */6"), (90, "0 */2 * * *"), (1440, "0 */23 * * *")],
)
def test_how_often_orders_are_looked_at_jointly(oms, minutes, cron):
    assert next(one.cron for one in tasks_of(oms, MailSettings(), minutes) if one.name == "resource") == cron


@pytest.mark.slow
def test_a_worker_beside_the_server_and_the_command_line(data):  # noqa: F811
    server = Server(data, "--workers", "0")
    try:

        def said(*words):
            done = run("server", *words, "--data", data)
            assert done.returncode == 0, done.stderr + done.stdout
            return done.stdout

        assert said("jobs").startswith("0 workers")
        said("jobs", "--run", "retention")
        assert "1 queued" in said("jobs", "--state", "queued")
        with subprocess.Popen(
            [sys.executable, "-m", "oms", "server", "worker", "--count", "1", "--data", str(data)], stdout=subprocess.PIPE, text=True
        ) as worker:  # fmt: skip
            assert json.loads(worker.stdout.readline()) == {"workers": 1}
            until(lambda: json.loads(said("jobs", "--json", "--task", "retention", "--state", "done"))["jobs"])
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        assert run("server", "jobs", "--again", "1", "--data", data).returncode == 1
    finally:
        server.end(signal.SIGTERM)
        server.close()


def test_over_http(oms):
    key = new_key()
    oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "k", [Scope.ADMIN]))
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"], workers=1), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        assert client.post("/v1/admin/jobs/tasks/retention/run").status_code == 204
        assert client.post("/v1/admin/jobs/tasks/nothing/run").status_code == 404
        until(lambda: client.get("/v1/admin/jobs", params={"state": "done", "task": "retention"}).json()["jobs"])
        assert client.get("/v1/admin/jobs").json()["workers"] == 1
        assert client.post("/v1/admin/jobs/1/again").status_code == 404
        assert client.post("/v1/admin/jobs/99999999999999999999999/again").status_code == 404
        assert client.get("/v1/admin/jobs", params={"state": "odd"}).status_code == 400
