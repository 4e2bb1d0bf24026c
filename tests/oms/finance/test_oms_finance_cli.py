"""`floorhand books` as real processes against a server of its own, over TLS."""

import json
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from oms.db.embedded import EmbeddedPostgres
from tests.oms.finance.test_oms_finance_files import read_extf
from tests.oms.test_oms_cli_process import Server, run

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def data():
    """The data folder of a server that runs."""
    made = Path(tempfile.mkdtemp(prefix="fh-oms-"))
    made.chmod(0o711)
    server = Server(made)
    yield made
    assert server.end(signal.SIGTERM) == 0
    server.close()
    if (made / "postgres" / "PG_VERSION").exists():
        EmbeddedPostgres(made / "postgres").stop()
    shutil.rmtree(made)


def test_books_from_the_command_line(data, tmp_path):
    def books(*words):
        done = run("books", *words, "--data", data)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    (tmp_path / "costs.csv").write_text("sku,day,cost,currency\nTEA,2020-01-01,3.50,EUR\n")
    assert books("costs", tmp_path / "costs.csv")["number"] == 1
    assert books("open", "ACME", "Acme", "--chart", "de", "--account", "revenue=8210")["number"] == 0
    opened = books("list")["books"][0]
    assert {one["number"] for one in books("accounts", "ACME")["accounts"]} > {"8210", "1200"}
    fact = {"id": "1", "day": opened["opened"], "text": "=x", "by_hand": [
        {"account": "1200", "amount": "10.00"}, {"account": "8210", "amount": "-10.00"}]}  # fmt: skip
    (tmp_path / "fact.json").write_text(json.dumps(fact))
    assert books("enter", "ACME", tmp_path / "fact.json")["number"] == 1
    assert books("journal", "ACME", "--since", opened["opened"])["entries"][0]["text"] == "=x"
    assert books("trial-balance", "ACME")["off"] == "0.00"
    assert books("valuation", "ACME")["value"] == "0.00"
    out = tmp_path / "EXTF.csv"
    assert run("books", "export", "ACME", "datev", "--out", out, "--data", data).returncode == 0
    assert len(read_extf(out.read_bytes())[1]) == 1
    assert "'=x" in run("books", "export", "ACME", "journal", "--data", data).stdout
    late = run("books", "close", "ACME", opened["opened"], "--data", data)
    assert late.returncode == 1
    assert "books_period_not_over" in late.stderr
    assert run("books", "export", "ACME", "sie", "--data", data).returncode == 2
