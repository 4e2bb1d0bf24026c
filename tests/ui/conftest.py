"""A real window on given services, for one test; and a walk over everything that is visible in it."""

import pytest
from PySide6.QtWidgets import QWidget

from app.screens.preferences import Preferences
from tools.shots import Gallery
from tools.shots_data import MOMENTS

BY_NAME = {moment.name: moment for moment in MOMENTS}


def visible(shell):
    """Every visible widget, the window itself included."""
    return [w for w in (shell, *shell.findChildren(QWidget)) if w.isVisible() and w.width() and w.height()]


def covered(shell, widget):
    """True if a panel or sheet lies over the middle of the widget."""
    middle = widget.mapTo(shell, widget.rect().center())
    for lid in (shell.chrome.panel, shell.chrome.sheet):
        if lid.isVisible() and not lid.isAncestorOf(widget) and lid is not widget:
            inside = lid.geometry().contains(middle)
            if inside:
                return True
    return False


@pytest.fixture(scope="session")
def gallery(qapp):
    """One window for all tests that only look."""
    gallery = Gallery()
    yield gallery
    gallery.shell.close()


@pytest.fixture
def show(gallery):
    """Puts the window into a moment (by name): `show("pick", size="desk", language="de")`."""

    def open_(name, size="handheld", **chosen):
        return gallery.show(BY_NAME[name], size, Preferences(**chosen))

    return open_


@pytest.fixture
def seen():
    return visible


@pytest.fixture
def is_covered():
    return covered
