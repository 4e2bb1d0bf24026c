"""`docs/integrate.md` is true: its commands are run on a real server, its tables are the code's, its snippet verifies real messages."""

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.oms.test_oms_cli_process import Server, data  # noqa: F401 - a fixture
from tools.integrate_doc import DOC, filled

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
EXPORT = Path(__file__).parents[2] / "data" / "channels" / "shopify" / "good_export.csv"


def blocks(language):
    return [code for name, code in BLOCK.findall(DOC.read_text()) if name == language]


def test_the_tables_are_what_the_code_says():
    assert filled(DOC.read_text()) == DOC.read_text(), "run python -m tools.integrate_doc"


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_its_commands_do_what_it_says(data, receiver, tmp_path):  # noqa: F811
    shutil.copy(EXPORT, tmp_path)
    server = Server(data, "--no-tls", environment={"FLOORHAND_HOOKS_PRIVATE": "1"})
    try:
        script = "set -euo pipefail\n" + "".join(blocks("sh"))
        admin = (data / "admin.key").read_text().strip()
        words = {**os.environ, "URL": server.ready["url"], "ADMIN": admin, "RECEIVER": receiver.url}
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=words, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr + done.stdout

        def read(name):
            return json.loads((tmp_path / f"{name}.json").read_text())

        assert read("report")["totals"]["rejected"] == 0
        assert read("orders")["orders"]
        assert [one["name"] for one in read("customers")["customers"]] == ["Ada Lovelace"]
        assert {one["type"] for one in read("events")["events"]} >= {"order.captured"}
        receiver.wait(1 + read("replayed")["count"])
        space = {}
        exec(blocks("python")[0], space)
        secret = read("hook")["secret"]
        assert all(space["verified"](secret, headers, body) for _, headers, body in receiver.got)
        assert not space["verified"](secret, receiver.got[0][1], receiver.got[0][2] + b" ")
        assert {one["type"] for one in receiver.events} >= {"hook.test", "order.captured"}
    finally:
        server.end(signal.SIGTERM)
        server.close()
