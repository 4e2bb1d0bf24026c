"""Tests of planning share one process: its kernels are compiled there once."""

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == _HERE:
            item.add_marker(pytest.mark.xdist_group("planning"))
