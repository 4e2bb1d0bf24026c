"""The commands of orders and channels against a real server process."""

import contextlib
import io
from pathlib import Path

import pytest

from oms.__main__ import main
from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key
from tools.bench._served import served

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
DATA = Path(__file__).parents[2] / "data" / "channels"


def test_a_channel_is_made_its_orders_imported_released_and_listed(monkeypatch):
    with served() as server:
        oms, key = server.centre.house.oms, new_key()
        oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "k", [Scope.ADMIN]))
        where = ["--server", f"https://127.0.0.1:{server.port}", "--key", key, "--pin", server.spki]

        def run(*words):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                assert main([*words, *where]) == 0
            return out.getvalue()

        monkeypatch.setattr("sys.stdin", io.StringIO("a secret of the shop\n"))
        made = run("channels", "set", "web", "--kind", "web", "--platform", "shopify", "--prefix", "W", "--secret")
        assert "signed" in made
        assert "web" in run("channels", "list")
        said = run("orders", "import", str(DATA / "shopify" / "good_webhook.json"), "--channel", "web")
        assert "1 created" in said
        number = run("orders", "list", "--channel", "web").split()[0]
        assert number.startswith("W")
        assert "held" in run("orders", "hold", number, "ask first")
        assert "order_held_by_hand" in run("orders", "list", "--state", "held")
        assert "held" not in run("orders", "release-hold", number, "--because", "known now")
        assert "1 kept" in run("channels", "map", "web", "MUG", "TEA", "--units", "2")
        assert "MUG" in run("channels", "skus", "web")
