"""Returns as the desk finds them, what may be done about each, and what came back."""

import pytest

from sync.contract.returns_desk import DeskGroup

pytestmark = pytest.mark.postgres


def test_the_desk_finds_counts_and_says_what_may_be_done(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00"), ("CUP", 1, "3.33"), ship_name="Søren Åkesson", reference="#1001")
    counter.sold("N2").sold("N3", ship_name="100% Ltd_")
    asked = counter.ask("N1", (1, 1, "damaged"), (2, 1, "other"))["head"]["number"]
    coming = counter.ask("N2")["head"]["number"]
    counter.good(f"returns/{coming}/decide", say="approve")
    ready = counter.brought("N3", (1, 2, "changed_mind"))
    half = counter.ask("N2", (1, 1, "other"))["head"]["number"]
    counter.came(half, ("TEA", 1, "b"), done=False)
    over = counter.brought("N3", (1, 1, "changed_mind"))
    counter.good(f"returns/{over}/close", how="refund")

    def found(text):
        return [one["number"] for one in counter.post("returns/desk", text=text)["found"]]

    assert found("") == [over, half, ready, coming, asked]
    words = {"asked": [asked], "coming": [coming], "received": [half], "decide": [ready], "settled": [over]}
    assert {word: found(word) for word in words} == words
    assert {one["name"]: one["count"] for one in counter.post("returns/desk")["counts"]} == dict.fromkeys(DeskGroup, 1)
    assert found("åkesson") == found("#1001") == found("cup") == found("asked CUP n1") == [asked]
    # Signs of a search have no meaning of their own.
    assert (found("100%"), found("ltd_"), found("%"), found("N1 settled"), found("\0")) == (
        [over, ready], [over, ready], [over, ready], [], [over, half, ready, coming, asked],
    )  # fmt: skip
    page = counter.post("returns/desk", limit=2)
    assert (page["total"], page["next"]) == (5, half)
    assert [one["number"] for one in counter.post("returns/desk", limit=2, after=half)["found"]] == [ready, coming]

    may = {
        number: counter.post("returns/desk", number=number)["sheet"] for number in (asked, coming, half, ready, over)
    }
    assert {number: one["acts"] for number, one in may.items()} == {
        asked: ["approve", "refuse", "cancel"], coming: ["label_sent", "cancel"], half: ["all_here"],
        ready: ["refund", "exchange", "nothing", "send_back"], over: [],
    }  # fmt: skip
    assert [(one["name"], one["worth"]) for one in may[asked]["lines"]] == [("TEA", "10.00"), ("CUP", "3.33")]
    [line] = may[ready]["lines"]
    assert (line["worth"], [one["grade"] for one in line["receipts"]]) == ("20.00", ["a"])
    assert may[over]["head"]["refund"] == "10.00"
    assert counter.post("returns/desk", number="RMA-000099")["sheet"] is None
    # What the desk may do is done, and nothing else.
    for number, one in may.items():
        for act in ("approve", "refuse", "label_sent", "cancel"):
            said = counter.post(f"returns/{number}/decide", say=act, revision=one["head"]["revision"])
            if act not in one["acts"]:
                assert not said["done"], (number, act)
                continue
            break
    figures = counter.post("returns/desk", figures=True)["figures"]
    assert {(one["by"], one["key"]): one["returned"] for one in figures if one["by"] != "channel"} == {
        ("item", "TEA"): 4, ("reason", "changed_mind"): 3, ("reason", "other"): 1,
    }  # fmt: skip
