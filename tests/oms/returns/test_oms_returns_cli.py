"""`floorhand returns`: its words for what the routes answer."""

import json
from types import SimpleNamespace

import msgspec
import pytest

from oms.cli import returns

pytestmark = pytest.mark.postgres


class Web:
    """The API as the command calls it, on the application itself."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self._good(self.client.get(path))

    def post(self, path, body):
        return self._good(self.client.post(path, content=body, headers={"content-type": "application/json"}))

    def _good(self, answer):
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content)


def said(capsys, run, counter, **words):
    got = {
        "json": False,
        "state": [],
        "order": "",
        "by": "item",
        "since": "",
        "through": "",
        "channel": "",
        "fee": None,
        "amount": [],
    }
    assert run(Web(counter.web), SimpleNamespace(**{**got, **words})) == 0
    return capsys.readouterr().out.splitlines()


def test_a_return_in_words(counter, capsys):
    assert said(capsys, returns._list, counter) == ["no returns"]
    counter.sold()
    number = counter.ask("N1", (1, 2, "does_not_fit"))["head"]["number"]
    assert said(capsys, returns._approve, counter, number=number)[0] == f"{number} approved: order N1, 0 of 2 here"
    counter.rule(label_carrier="OWN", label_service="eco")
    labelled = said(capsys, returns._label, counter, number=number)
    assert labelled[0] == f"{number} label_sent: order N1, 0 of 2 here"
    assert labelled[2].startswith("  label: ready, OWN eco, ")
    counter.came(number, ("TEA", 3, "b"))
    shown = said(capsys, returns._show, counter, number=number)
    assert shown[0] == f"{number} graded: order N1, 3 of 2 here"
    assert shown[1] == "  1. 2 x TEA, does_not_fit; 3 here, 0.00 paid back"
    assert shown[2].endswith("3 x TEA, b, quarantine, bin:Q")
    closed = said(capsys, returns._close, counter, number=number, how="refund", amount=["1=12.50"], fee="0.50")
    assert closed[0] == f"{number} closed: order N1, 3 of 2 here, 12.00 EUR paid back"
    assert said(capsys, returns._list, counter, state=["closed"], order="N1") == closed[:1]
    assert said(capsys, returns._list, counter, state=["asked"]) == ["no returns"]
    assert said(capsys, returns._stats, counter) == ["TEA: 3 back of 3 sent (100 %), 12.00 EUR paid back"]
    assert json.loads(said(capsys, returns._stats, counter, json=True)[0])["stats"][0]["key"] == "TEA"
    with pytest.raises(SystemExit):
        said(capsys, returns._close, counter, number=number, how="refund")
    assert "return_not_now: state closed" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        said(capsys, returns._close, counter, number=number, how="refund", amount=["12"])
