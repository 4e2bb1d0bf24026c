"""Names of keys as the screens print them, and the command barcodes that press a key of the shell itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_NAMES = {
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Back: "Esc",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Insert: "Ins",
    Qt.Key.Key_PageUp: "PgUp",
    Qt.Key.Key_PageDown: "PgDn",
    Qt.Key.Key_End: "End",
}

#: Cards for what belongs to no screen. All other `FH:` cards are for the screen in front.
COMMAND_CARDS = {
    "FH:HELP": "help",
    "FH:TYPE": "type",
    "FH:MORE": "more",
    "FH:SETTINGS": "settings",
    "FH:SIGNOUT": "sign_out",
    "FH:HANDOVER": "hand_over",
}


def key_name(event: QKeyEvent) -> str:
    """`F1`-`F12`, `Enter`, `Esc`, `PgUp`, `PgDn`, `Home`, `End`, `Ins`, `Del`, or the character of the key."""
    name = _NAMES.get(Qt.Key(event.key()))
    if name is not None:
        return name
    if Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12:
        return QKeySequence(event.key()).toString()
    return event.text()
