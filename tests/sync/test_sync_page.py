"""The page that says what sync promises names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sync.md").read_text()
NAMED = re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)
FILES = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}


def test_every_clause_has_a_test():
    table = PAGE.split("## Each clause", 1)[1].splitlines()
    rows = [line for line in table if line.startswith("| ") and not line.startswith("| clause")]
    assert len(rows) > 30
    assert [row for row in rows if "`test_" not in row] == []


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_the_tests_it_names_exist(file):
    source = FILES[file].read_text()
    missing = [test for of, test in NAMED if of == file and not re.search(rf"^\s*def {test}\(", source, re.MULTILINE)]
    assert missing == []
