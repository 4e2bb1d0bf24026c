"""The rules of the house hold in this tree, and each of them can fail."""

from pathlib import Path

import pytest

from tools import house_rules
from tools.house_rules import RULES

ROOT = Path(__file__).resolve().parents[2]

# For each rule: files of a tree that breaks it, and a word of the complaint that must come. Every file gets a docstring unless it has one.
BROKEN = {
    "no_clock": [
        ({"app/core/a.py": "import time\nX = time.time()\n"}, "app.core.a:3: reads time.time"),
        (
            {"app/flows/a.py": "from datetime import datetime as d\ndef f():\n    return d.now()\n"},
            "datetime.datetime.now",
        ),
        ({"sync/client/machine.py": "from time import monotonic as m\nX = m\n"}, "time.monotonic"),
    ],
    "only_what_the_table_says": [
        ({"app/flows/a.py": "def f():\n    import app.store\n"}, "app.flows may not import app.store"),
        ({"app/core/a.py": "from sync import client\n"}, "app.core may not import sync.client"),
        ({"app/store/a.py": "from sync.client import http\n"}, "app.store may not import sync.client.http"),
        ({"app/screens/pick/presenter.py": "from app.ui import shell\n"}, "may not import app.ui"),
        ({"app/services/a.py": "from ..store import tables\n"}, "may not import app.store"),
        ({"devices/a.py": "import PySide6.QtCore\n"}, "devices may not import PySide6.QtCore"),
        ({"sync/contract/a.py": "import httpx2\n"}, "sync.contract may not import httpx2"),
        ({"resources/a.py": "import segno\n"}, "resources may not import segno"),
    ],
    "no_io": [
        ({"app/flows/a.py": "import socket\n"}, "socket"),
        ({"app/core/a.py": "from os import path\n"}, "imports os"),
    ],
    "http_library_in_one_module": [({"sync/client/driver.py": "import httpx2\n"}, "sync.client.driver")],
    "one_bridge_into_qt": [
        ({"app/ui/shell.py": "import threading\nfrom PySide6 import QtCore\n"}, "threading"),
        ({"app/screens/pick/view.py": "from PySide6.QtCore import QThread\n"}, "QThread"),
        (
            {"app/ui/a.py": "from PySide6.QtCore import Qt\nX = Qt.ConnectionType.QueuedConnection\n"},
            "QueuedConnection",
        ),
    ],
    "texts_translate": [
        ({"app/screens/pick/presenter.py": "from app.ui import texts\n"}, "app.ui.texts"),
        ({"app/ui/shell.py": "from PySide6.QtCore import QTranslator\n"}, "QTranslator"),
        ({"app/ui/shell.py": "def f(w):\n    return w.tr('x')\n"}, "tr()"),
    ],
    "databases_have_two_doors": [
        ({"app/services/a.py": "import sqlite3\nX = sqlite3.connect(':memory:')\n"}, "sqlite3.connect"),
        ({"oms/feed/a.py": "import sqlalchemy as sa\nX = sa.create_engine\n"}, "sqlalchemy.create_engine"),
    ],
    "ports_are_opened_in_one_place": [
        ({"devices/drivers/a.py": "import serial\nX = serial.Serial\n"}, "serial.Serial"),
        ({"app/ui/a.py": "from socket import create_connection as c\nc\n"}, "socket.create_connection"),
    ],
    "packaging_is_no_package": [({"packaging/deb/__init__.py": ""}, "packaging/deb/__init__.py")],
    "every_module_says_what_it_is": [
        ({"oms/a.py": "class A:\n    pass\n"}, "no docstring on A"),
        ({"oms/a.py": "#\nX = 1\n"}, "no docstring on the module"),
    ],
    "no_module_is_endless": [({"oms/a.py": "X = 1\n" * 500}, "501 lines")],
}
CASES = [(rule, files, word) for rule, cases in BROKEN.items() for files, word in cases]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds_here(rule):
    assert list(rule(ROOT)) == []


@pytest.fixture
def tree(tmp_path):
    """An empty tree; what was read of another one in a folder of the same name is forgotten."""
    house_rules.modules.cache_clear()
    return tmp_path


@pytest.mark.parametrize(("name", "files", "word"), CASES)
def test_rule_can_fail(tree, name, files, word):
    for path, text in files.items():
        file = tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if text.startswith("#") else f'"""Written by a test."""\n{text}')
    assert any(word in complaint for complaint in getattr(house_rules, name)(tree))


def test_every_rule_is_shown_to_fail():
    assert set(BROKEN) == {rule.__name__ for rule in RULES}


def test_innocent_tree_has_no_complaints(tree):
    innocent = {
        "app/flows/pick.py": "from dataclasses import dataclass\nfrom app.core import messages\nfrom app.flows import table\n",
        "app/store/a.py": "import sqlalchemy\nfrom sync.client import ports\nX = sqlalchemy.create_engine\n",
        "app/ui/bridge.py": "import threading\nfrom PySide6.QtCore import QObject, Qt\n",
        "app/ui/sound.py": "import threading\n",
        "app/screens/pack/side.py": "from app.ui import texts\n",
        "app/ui/texts.py": "from PySide6.QtCore import QTranslator\n",
        "devices/transports/tcp.py": "import socket\nX = socket.create_connection\n",
        "sync/client/http.py": "import httpx2\nfrom . import ports\n",
    }
    for path, text in innocent.items():
        file = tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'"""Written by a test."""\n{text}')
    assert [complaint for rule in RULES for complaint in rule(tree)] == []
