"""A picture that comes as a file: dropped on the screen, or chosen in a dialog of our own. Used by the pack screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

_SUFFIXES = (".jpg", ".jpeg", ".png")


def dropped(data: QMimeData) -> str | None:
    """The path of the one picture that was dropped; None when it is something else."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].lower().endswith(_SUFFIXES) else None


class Picker:
    """Owns the dialog while it is open."""

    def __init__(self, over: QWidget, chosen: Callable[[str], None], left: Callable[[], None]) -> None:
        """`chosen` hears the path, `left` that there is none."""
        self._over, self._chosen, self._left = over, chosen, left
        self._dialog: QFileDialog | None = None

    def show(self, wanted: bool) -> None:
        """Opens it when it is wanted and not open; returns at once."""
        if not wanted or self._dialog is not None:
            return
        dialog = self._dialog = QFileDialog(self._over)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(" ".join(f"*{suffix}" for suffix in _SUFFIXES))
        dialog.finished.connect(self._done)
        dialog.open()

    def _done(self, _result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is None:
            return
        paths = dialog.selectedFiles() if dialog.result() == int(QFileDialog.DialogCode.Accepted) else []
        dialog.deleteLater()
        if paths:
            self._chosen(paths[0])
        else:
            self._left()
