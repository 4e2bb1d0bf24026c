"""The commands as real processes: start, import, kill, start again, end in good order."""

import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from oms.datafolder import DataFolder, FolderInUse
from oms.db.embedded import EmbeddedPostgres
from oms.db.engine import make_engine
from oms.verify import verify

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ITEMS = "sku,name\nTEA,Tea\nCUP,Cup\n"
ORDER = "order,name,street,postcode,city,country,sku,qty\n{},Kim,Kade 1,1,Amsterdam,NL,TEA,1\n"


class Server:
    """`python -m oms server` on a data folder."""

    def __init__(self, data, *arguments, environment=None):
        self.data = data
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "oms", "server", "--port", "0", "--data", str(data), *arguments],
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(10)
            said = self.said()
            self.close()
            raise AssertionError(said)
        self.ready = json.loads(line)

    def said(self):
        """Everything on standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status

    def close(self):
        if self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.process.stdout.close()
        self.errors.close()

    def connection(self):
        """A connection to it that trusts its certificate and no other."""
        host, _, port = self.ready["url"].rpartition("/")[2].partition(":")
        context = ssl.create_default_context(cadata=(self.data / "tls" / "server.crt").read_text())
        context.check_hostname = False
        return http.client.HTTPSConnection(host, int(port), timeout=30, context=context)

    def ask(self, method, path, body=None, **headers):
        """(status, decoded body), from anywhere."""
        connection = self.connection()
        key = (self.data / "admin.key").read_text()
        connection.request(method, path, body, {"Authorization": f"Bearer {key}", **headers})
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, json.loads(said) if said else None


def run(*words, **environment):
    """One command to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "oms", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.fixture
def data():
    """A data folder; whatever database runs in it is stopped in the end."""
    made = Path(tempfile.mkdtemp(prefix="fh-oms-"))
    made.chmod(0o711)
    yield made
    if (made / "postgres" / "PG_VERSION").exists():
        EmbeddedPostgres(made / "postgres").stop()
    shutil.rmtree(made)


@pytest.fixture
def start(data):
    """Starts servers, and sees to it that none is left."""
    started = []

    def begin(*arguments, environment=None, folder=data):
        server = Server(folder, *arguments, environment=environment)
        started.append(server)
        return server

    yield begin
    for server in started:
        server.close()


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write


def database_of(data):
    return make_engine(EmbeddedPostgres(data / "postgres").url("floorhand"), pool_size=1)


def postgres_runs(data):
    return (data / "postgres" / "postmaster.pid").exists()


def test_a_killed_server_comes_back_on_the_same_data(start, data, file):
    first = start()
    assert set(first.ready) == {"url", "spki", "cluster_id"}
    done = run("import", "items", file("items.csv", ITEMS), "--data", data, "--json")
    assert (done.returncode, json.loads(done.stdout)["totals"]["created"]) == (0, 2), done.stderr
    first.end(signal.SIGKILL)
    # The database outlives its server, and the next one finds it.
    pid = (data / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    second = start()
    assert (data / "postgres" / "postmaster.pid").read_text().splitlines()[0] == pid
    assert {**second.ready, "url": ""} == {**first.ready, "url": ""}
    again = run("import", "items", file("items.csv", ITEMS), "--data", data)
    assert again.stdout.strip() == "items: 2 unchanged, 2 lines"
    assert second.end(signal.SIGTERM) == 0
    assert not postgres_runs(data)
    assert '"level": "error"' not in second.said()


def test_nothing_that_was_answered_is_lost_by_kills_in_the_middle(start, data):
    """Orders go in one by one while server and database are killed: what got its 200 is there."""
    acked = []
    number = 0
    for victim in ("server", "both", "server"):
        server = start()
        if number == 0:
            server.ask("POST", "/v1/import/items", ITEMS, **{"Content-Type": "text/csv"})
        stop = threading.Timer(0.7, _kill, (server, data, victim))
        stop.start()
        while True:
            number += 1
            try:
                status, report = server.ask(
                    "POST", "/v1/import/orders", ORDER.format(number), **{"Content-Type": "text/csv"}
                )
            except (OSError, http.client.HTTPException):
                break
            if status == 200 and report["totals"]["created"]:
                acked.append(str(number))
            elif status != 200:
                break
        stop.join()
        server.process.wait(10)
    start()
    engine = database_of(data)
    with engine.connect() as db:
        stored = set(db.scalars(text("SELECT number FROM sales_order")))
        lines = db.scalar(text("SELECT count(*) FROM order_line"))
    verdict = verify(engine)
    engine.dispose()
    assert len(acked) > 10
    assert set(acked) <= stored
    assert lines == len(stored)
    assert verdict.ok


def _kill(server, data, victim):
    if victim == "both":
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    server.process.kill()


def test_a_long_poll_ends_when_the_server_is_asked_to(start, data):
    server = start()
    engine = database_of(data)
    with engine.begin() as db:
        db.execute(
            text(
                "INSERT INTO device (id, site_id, label, pubkey, created_at, chain, last_seq, status, app, schema, pins)"
                " VALUES ('d1', 'MAIN', 'x', '0', now(), '0', 0, 'active', '', 1, '')"
            )
        )
        db.execute(
            text("INSERT INTO access_token VALUES (encode(sha256('t'), 'hex'), 'd1', now(), now() + interval '1 hour')")
        )
    engine.dispose()
    auth = {"Authorization": "Bearer t"}
    _, page = server.ask("GET", "/v1/sync/pull?wait=0", **auth)
    poll = server.connection()
    poll.request("GET", f"/v1/sync/pull?wait=25&cursor={page['to']}", headers=auth)
    # Whatever was sent before this one has been read by the time it is answered.
    assert server.ask("GET", "/healthz")[0] == 200
    began = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 25
    assert poll.getresponse().status == 204
    poll.close()


def test_one_server_per_folder(start, data):
    start()
    done = run("server", "--port", 0, "--data", data)
    assert done.returncode == 1
    assert "a server is running on" in done.stderr.splitlines()[-1]


def test_a_server_that_starts_waits_for_a_command_that_looks_at_its_data(start, data):
    folder = DataFolder(data)
    folder.lock(command=True)
    with pytest.raises(FolderInUse, match="a command is at work"):
        DataFolder(data).lock(command=True)
    threading.Timer(1.0, folder.unlock).start()
    assert start().ask("GET", "/readyz") == (200, {"status": "ready"})


def test_without_tls_it_listens_on_loopback_only(data):
    done = run("server", "--host", "0.0.0.0", "--no-tls", "--data", data)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2, "floorhand server: error: without TLS the server listens on loopback only",
    )  # fmt: skip
    assert not (data / "postgres").exists()


def test_a_port_that_is_taken_is_a_sentence(start, data):
    server = start()
    other = data / "other"
    done = run("server", "--port", server.ready["url"].rpartition(":")[2], "--data", other)
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_of_the_administrator(start, data):
    start()
    put = ("admin", "add-worker", "--number", "7", "--name", "Ann", "--role", "picker", "--pin", "2468", "--data", data)
    assert json.loads(run(*put).stdout)["number"] == "7"
    assert "409" in run(*put).stderr
    code = json.loads(run("admin", "pairing-code", "--label", "HH", "--address", "1.2.3.4:5", "--data", data).stdout)
    assert code["text"].startswith("floorhand://pair?a=1.2.3.4:5&")
    letters = code["typed"].replace("-", "")
    assert (len(letters), code["typed"].count("-")) == (16, 3)
    change = ("admin", "change-worker", "7", "--data", data)
    assert run(*change, "--role", "packer", "--no-active", "--badge", "B-7").returncode == 0
    assert "404" in run("admin", "change-worker", "8", "--active", "--data", data).stderr
    made = json.loads(run("admin", "add-key", "--name", "erp", "--scope", "orders", "--data", data).stdout)
    assert made["id"] in {key["id"] for key in json.loads(run("admin", "keys", "--data", data).stdout)["keys"]}
    assert run("admin", "revoke-key", made["id"], "--data", data).returncode == 0
    assert made["id"] not in run("admin", "keys", "--data", data).stdout
    assert json.loads(run("admin", "devices", "--data", data).stdout) == {"devices": []}
    assert run("admin", "revoke", "none", "--data", data).returncode == 1
    assert json.loads(run("server", "restored", "--data", data).stdout)["epoch"] == 2


def test_the_key_changes_and_the_trail_tells_while_the_server_runs(start, data):
    server = start()

    def rotate(*words):
        done = run("server", "rotate-key", "--json", *words, "--data", data)
        return json.loads(done.stdout)["keys"] if done.returncode == 0 else done.stderr

    first = server.ready["spki"]
    assert rotate() == {first: "serving"}
    assert "--prepare" in rotate("--activate")
    (following,) = set(rotate("--prepare")) - {first}
    assert rotate("--prepare") == {first: "serving", following: "next"}
    assert rotate("--activate") == {following: "serving", first: "before"}
    # The same process serves under it: what follows asks over TLS to exactly this key.
    assert json.loads((data / "server.json").read_text())["spki"] == following
    assert server.ask("GET", "/v1/hello")[1]["spki"] == following
    assert rotate("--finish") == {following: "serving"}
    told = run("server", "audit", "--json", "--what", "server_key.", "--data", data).stdout.splitlines()
    assert [json.loads(line)["what"].partition(".")[2] for line in told] == [
        "forgotten",
        "serves",
        "announced",
        "serves",
    ]
    assert "admin key of the data folder" in run("server", "audit", "--limit", 1, "--data", data).stdout
    assert run("server", "audit", "--since", "the day before", "--data", data).returncode == 1
    since = run("server", "audit", "--json", "--since", json.loads(told[0])["at"], "--data", data).stdout.splitlines()
    assert [json.loads(line)["what"] for line in since][-1] == "server_key.forgotten"
    assert server.process.poll() is None


def test_import_to_a_server_elsewhere_with_its_pin(start, data, file):
    server = start()
    key = json.loads(run("admin", "add-key", "--name", "shop", "--scope", "import", "--data", data).stdout)["key"]
    path = file("items.json", json.dumps({"items": [{"sku": "TEA"}, {"sku": ""}]}))
    there = ("import", "items", path, "--server", server.ready["url"])
    done = run(*there, "--pin", server.ready["spki"], FLOORHAND_KEY=key)
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["line", "2", "rejected", "missing", "column=sku"],
        ["items:", "1", "created,", "1", "rejected,", "2", "lines"],
    ]
    wrong = run(*there, "--pin", "0" * 64, "--key", key)
    assert (wrong.returncode, "does not have the key" in wrong.stderr) == (1, True)
    untrusted = run(*there, "--key", key)
    assert (untrusted.returncode, "CERTIFICATE_VERIFY_FAILED" in untrusted.stderr) == (1, True)
    assert (
        "only sent over https" in run("import", "items", path, "--server", "http://shop.example", "--key", key).stderr
    )
    assert "--server needs --key" in run(*there).stderr
    columns = file("plain.csv", "-;CUP\n")
    plain = run("import", "items", columns, "--columns", "-,sku", "--set", "name=Cup", "--dry-run", "--data", data)
    assert plain.stdout.strip() == "items (dry run): 1 created, 1 lines"


def test_verify_with_and_without_a_running_server(start, data):
    assert "no database in" in run("server", "verify", "--data", data).stderr
    server = start()
    assert json.loads(run("server", "verify", "--json", "--data", data).stdout)["ok"]
    server.end(signal.SIGTERM)
    stopped = run("server", "verify", "--data", data)
    assert (stopped.returncode, "0 broken" in stopped.stdout) == (0, True)
    assert not postgres_runs(data)
    url = EmbeddedPostgres(data / "postgres").start()
    engine = make_engine(url, pool_size=1)
    with engine.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text("INSERT INTO stock_balance VALUES ('MAIN', 'bin:A', 'TEA', '', 5)"))
    engine.dispose()
    broken = run("server", "verify", "--data", data)
    assert (broken.returncode, "broken: conservation: 1 rows" in broken.stdout) == (1, True)
    # Who had started it may still want it.
    assert postgres_runs(data)
    listed = json.loads(run("server", "stock", "--json", "--account", "bin:", "--data", data).stdout)
    assert listed == {"stock": [{"account": "bin:A", "sku": "TEA", "lot": "", "qty": 5}]}
    assert run("server", "stock", "--data", data).stdout == "       5  bin:A  TEA\n"
    assert run("server", "stock", "--account", "bin:A%", "--data", data).stdout == ""


def test_a_database_elsewhere(start, data, database_url):
    url = database_url.render_as_string(hide_password=False)
    server = start(environment={"FLOORHAND_DATABASE_URL": url})
    assert server.ask("GET", "/readyz") == (200, {"status": "ready"})
    assert not (data / "postgres").exists()
    server.end(signal.SIGTERM)
    # Another folder, the same database: the key in its folder is made known to it.
    other = data / "other"
    again = start(environment={"FLOORHAND_DATABASE_URL": url}, folder=other)
    assert again.ready["cluster_id"] == server.ready["cluster_id"]
    assert again.ask("GET", "/v1/orders")[0] == 200
    assert json.loads(run("server", "verify", "--json", "--data", other, FLOORHAND_DATABASE_URL=url).stdout)["ok"]


@pytest.mark.parametrize("url", ["sqlite:///x", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_none_is_a_sentence(data, url):
    done = run("server", "--port", 0, "--data", data, FLOORHAND_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("floorhand: ") or "floorhand: database" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [[], ["nonsense"], ["import", "people", "x"], ["admin"]])
def test_wrong_words_are_a_usage_line(words):
    done = run(*words)
    assert done.returncode == 2
    assert "usage:" in done.stderr
