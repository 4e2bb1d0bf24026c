"""The conformance run over GS1 vectors and dictionaries: ours always, GS1's own where they are at hand; and that it cannot be pleased."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.conformance import dictionary
from devices.conformance.report import BadRow
from devices.conformance.run import run
from devices.conformance.vectors import CHECKS

OURS = Path(__file__).parents[1] / "data/gs1"
THEIRS = Path(__file__).parents[2].parent / "shared/data/third-party"

# In these rows stands the name of a variable of GS1's test program instead of its value; some stand there as valid and as invalid.
NOT_DATA = {"data", "buf"}

# GS1's tests put a register of company prefixes in place that knows no prefix, or answers nothing. We have none.
REGISTER = {"GS1_LINTER_INVALID_GCP_PREFIX", "GS1_LINTER_GCP_DATASOURCE_OFFLINE"}


def rows_of(folder):
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            yield file.stem, json.loads(line)


def theirs(name):
    folder = THEIRS / name
    if not folder.exists():
        pytest.skip(f"{name} is not on this machine")
    return folder


def test_our_own_vectors_agree():
    report = run(OURS)
    assert report.differences == []
    assert len(report.groups) == len(CHECKS)
    assert report.total().rows > 120


def test_gs1s_own_vectors_agree_but_for_those_that_hold_no_data_or_need_a_register():
    report = run(theirs("gs1-vectors"))
    lines = {file.name: file.read_text("utf-8").splitlines() for file in theirs("gs1-vectors").glob("*.jsonl")}
    excused = 0
    for difference in report.differences:
        row = json.loads(lines[difference.file][difference.line - 1])
        mocked = row.get("error") in REGISTER and row["linter"].startswith(("gcp", "coupon"))
        assert row.get("input", row.get("input_caret")) in NOT_DATA or mocked, (row, difference)
        excused += 1
    total = report.total()
    assert excused <= 20
    assert total.refused / total.invalid >= 0.98
    assert total.rows > 3000


def test_gs1s_dictionary_is_our_table():
    report = run(theirs("gs1-syntax-dictionary"))
    assert report.differences == []
    assert report.total().rows == 224


FILE = """
# comment
{}
"""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("00  *?  N18,csum,gcppos2  dlpkey  # SSCC", ""),
        ("00   ?  N18,csum,gcppos2  dlpkey  # SSCC", "fixed"),
        ("00  *   N18,csum,gcppos2  dlpkey  # SSCC", "attribute"),
        ("00  *?  N18,csum  dlpkey  # SSCC", "components"),
        ("00  *?  N..18,csum,gcppos2  dlpkey  # SSCC", "components"),
        ("00  *?  N18,csum,gcppos2  # SSCC", "keys"),
        ("00  *?  N18,csum,gcppos2  dlpkey=01  # SSCC", "keys"),
        ("00  *?  N18,csum,gcppos2  dlpkey req=01  # SSCC", "needs"),
        ("00  *?  N18,csum,gcppos2  dlpkey ex=01  # SSCC", "excludes"),
        ("00  *?  N18,csum,gcppos2  dlpkey  # PALLET", "title"),
        ("05  *?  N18  # NEW", "not in our table"),
        ("3100-3109  *?  N6  req=01,02 ex=310n  # NET WEIGHT (kg)", "not in our table"),
        ("00  *?  Q18  # SSCC", "bad row"),
        ("00  *?  N18 what=1  # SSCC", "bad row"),
        ("nonsense", "bad row"),
    ],
)
def test_a_dictionary_that_differs_is_said_to(tmp_path, line, words):
    (tmp_path / "gs1-syntax-dictionary.txt").write_text(FILE.format(line))
    report = run(tmp_path)
    said = [difference for difference in report.differences if difference.line == 3]
    assert words in " ".join(" ".join(difference.words) for difference in said)
    assert bool(said) == bool(words)
    missing = [difference for difference in report.differences if difference.line == 0]
    assert len(missing) == (223 if line.startswith(("00", "31")) else 224)


@pytest.mark.parametrize("stem", sorted(CHECKS))
def test_a_wrong_expectation_is_noticed(stem):
    """Every key that holds an expectation is looked at."""
    noticed = 0
    for name, row in rows_of(OURS):
        if name != stem:
            continue
        for key in set(row) & {"ok", "error", "markup", "expect_lint"} | {
            key for key in row if key.startswith("expect")
        }:
            wrong = not row[key] if key == "ok" else f"{row[key]}x"
            assert CHECKS[stem](row | {key: wrong}), (row, key)
            noticed += 1
    assert noticed


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3)
)
keys = [
    "ok",
    "linter",
    "input",
    "error",
    "markup",
    "input_caret",
    "uri",
    "stem",
    "scandata",
    "symbology",
    "data_caret",
    "fn",
    "expect_caret",
]


@given(st.sampled_from(sorted(CHECKS)), st.dictionaries(st.sampled_from(keys), anything))
def test_no_row_makes_a_check_fail(stem, row):
    try:
        assert all(isinstance(words, str) for words in CHECKS[stem](row))
    except BadRow:
        return


@given(st.text(max_size=80))
def test_no_line_makes_the_dictionary_check_fail(line):
    try:
        dictionary.check({"entry": line})
    except BadRow:
        return
