"""Crossings and paths from a layout file."""

import json

import pytest
from sqlalchemy import select

from oms.catalog.models import Site
from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.walks.floors import floor_of, is_drawn
from oms.walks.models import Crossing, FloorPath

pytestmark = pytest.mark.postgres

FLOOR = """zone,bin,crossing,path_from,path_to,x_mm,y_mm,length_mm,one_way,blocked,depot
,,,W,E,,,,yes,,
,,,E,A-01,,,2500,,,
A,A-01,,,,0,2000,,,,
A,A-02,,,,500,0,,,,
,,W,,,-1000,0,,,,1
,,E,,,1000,0,,,,
"""


def send(oms, content):
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    report = run_import(oms, Upload("layout", body, not isinstance(content, str)), Actor("test"))
    return [(line.line, line.key, str(line.result), line.code) for line in report.lines]


def ask(oms, query):
    with oms.sessions() as db:
        return db.scalars(query).all()


def test_a_floor_in_any_order_of_its_lines(oms):
    assert not is_drawn(oms.sessions, oms.site)
    done = send(oms, FLOOR)
    assert {result for _, _, result, _ in done} == {"created"}
    assert {key for _, key, _, _ in done} == {"W E", "E A-01", "A-01", "A-02", "W", "E"}
    assert [(one.code, one.x_mm, one.depot) for one in ask(oms, select(Crossing).order_by(Crossing.code))] == [
        ("E", 1000, False),
        ("W", -1000, True),
    ]
    assert [(one.begins, one.ends, one.length_mm, one.one_way) for one in ask(oms, select(FloorPath))] == [
        ("W", "E", None, True),
        ("E", "A-01", 2500, False),
    ]
    assert is_drawn(oms.sessions, oms.site)
    with oms.sessions() as db:
        floor = floor_of(db, oms.site, ["A-01", "A-02"])
    assert floor.depots == ("W",)
    metres = floor.layout.distances(floor.layout.numbers(["W", "A-02", "A-01"]))
    assert metres[0, 1] == 1.5
    assert metres[1, 2] == 0.5 + 2.5
    assert metres[2, 0] == float("inf")
    assert {result for _, _, result, _ in send(oms, FLOOR)} == {"unchanged"}


def test_the_same_as_json_and_a_path_that_is_blocked_later(oms):
    content = {
        "paths": [{"path_from": "W", "path_to": "E"}],
        "crossings": [
            {"crossing": "W", "x_mm": 0, "y_mm": 0, "depot": True},
            {"crossing": "E", "x_mm": 9000, "y_mm": 0},
        ],
    }
    assert [result for _, _, result, _ in send(oms, content)] == ["created"] * 3
    blocked = {"paths": [{"path_from": "W", "path_to": "E", "blocked": True}]}
    assert send(oms, blocked) == [(1, "W E", "updated", "")]
    assert [one.blocked for one in ask(oms, select(FloorPath))] == [True]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",,,W,NOWHERE,,,,,,", "unknown_place"),
        (",,,W,W,,,,,,", "same_place"),
        (",,,W,,,,,,,", "missing"),
        (",,,W,E,,,-5,,,", "bad_number"),
        (",,,W,E,,,100000001,,,", "bad_number"),
        (",,,W,E,,,,perhaps,,", "bad_flag"),
        (",,N,,,,0,,,,", "missing"),
        (",,A-01,,,0,0,,,,", "is_a_bin"),
        (",,=N,,,0,0,,,,", "bad_key"),
    ],
    ids=["unknown", "same", "no-end", "negative", "endless", "no-flag", "nowhere", "bin", "formula"],
)
def test_a_line_that_makes_no_sense_is_refused_alone(oms, line, code):
    send(oms, FLOOR)
    done = send(oms, f"{FLOOR.splitlines()[0]}\n{line}\n,,S,,,0,-9000,,,,")
    assert sorted(one[3] for one in done) == ["", code]


def test_how_goods_go_onto_the_cart(oms):
    send(oms, {"site": {"code": oms.site, "fragile_last": True, "heavy_first_g": 8000}})
    [site] = ask(oms, select(Site))
    assert (site.fragile_last, site.heavy_first_g) == (True, 8000)
    send(oms, {"site": {"code": oms.site, "heavy_first_g": None}})
    assert [one.heavy_first_g for one in ask(oms, select(Site))] == [None]


def test_a_site_says_where_lines_come_from(oms):
    rules = ["fewest_stops", "closest", "fewest_stops"]
    send(oms, {"site": {"code": oms.site, "allocation": rules, "shelf_life_days": 20}})
    (site,) = ask(oms, select(Site).where(Site.id == oms.site))
    assert (site.allocation, site.shelf_life_days) == (["fewest_stops", "closest"], 20)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"allocation": ["best"]}, "bad_kind"),
        ({"allocation": [["closest"]]}, "bad_kind"),
        ({"allocation": "closest"}, "bad_text"),
        ({"shelf_life_days": 4000}, "bad_number"),
    ],
    ids=["unknown", "nested", "no_list", "too_long"],
)
def test_rules_that_there_are_not_are_refused(oms, words, code):
    ((_, _, _, found),) = send(oms, {"site": {"code": oms.site, **words}})
    assert found == code
