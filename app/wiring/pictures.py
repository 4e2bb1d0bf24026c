"""Pictures for the bench: a folder that a camera writes into, or a file somebody names; read with bounds, scaled, and written anew as a
JPEG with nothing else in it. Implements `services.camera.CameraPort`; the bootstrap builds it. Runs beside Qt's thread."""

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from app.services.camera import LONGEST, MOST_BYTES, NotAPicture, Picture

_log = logging.getLogger(__name__)

#: A file is not read when it is larger (bytes), nor a picture when it has more pixels.
_FILE_MOST: Final = 30_000_000
_PIXELS_MOST: Final = 60_000_000
#: An older picture is of another parcel (seconds).
FRESH_S: Final = 600.0
#: Files of a folder that are looked at.
_FILES_MOST: Final = 2000
_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
_STARTS: Final = {b"\xff\xd8\xff": b"jpeg", b"\x89PNG\r\n\x1a\n": b"png"}
_QUALITIES: Final = (85, 75, 65, 50, 35)
#: When even the worst quality is too large, the picture gets smaller by so much.
_SMALLER: Final = 0.7


class FolderCamera:
    """Owns which file of the folder was had last."""

    def __init__(self, folder: Path | None, wall: Callable[[], float]) -> None:
        """`wall` tells the time as files bear it (seconds since 1970)."""
        self._folder, self._wall = folder, wall
        self._had: tuple[str, int] | None = None

    def newest(self) -> Picture | None:
        """See the port. One that is still being written cannot be read yet: it is the newest the next time."""
        found = self._find()
        if found is None or found[:2] == self._had:
            return None
        picture = shrunk(_bytes_of(Path(found[0])) or b"")
        self._had = found[:2]
        return picture

    def of_file(self, path: str) -> Picture | None:
        """See the port."""
        body = _bytes_of(Path(path))
        return None if body is None else shrunk(body)

    def _find(self) -> tuple[str, int] | None:
        """(path, time in nanoseconds) of the newest picture that is not old."""
        if self._folder is None:
            return None
        best: tuple[int, str] | None = None
        try:
            with os.scandir(self._folder) as entries:
                for n, entry in enumerate(entries):
                    if n >= _FILES_MOST:
                        break
                    if entry.name.lower().endswith(_SUFFIXES) and entry.is_file():
                        at = entry.stat().st_mtime_ns
                        best = max(best or (0, ""), (at, entry.path))
        except OSError as error:
            _log.info("the folder of the camera cannot be read: %s", error.strerror)
        if best is None or self._wall() - best[0] / 1e9 > FRESH_S:
            return None
        return best[1], best[0]


def _bytes_of(path: Path) -> bytes | None:
    """The bytes of a plain file; None when there is none. Raises `NotAPicture` for what is far too large."""
    try:
        with path.open("rb") as file:
            told = os.fstat(file.fileno())
            if not stat.S_ISREG(told.st_mode):
                return None
            body = file.read(_FILE_MOST + 1)
    except (OSError, ValueError):
        return None
    if len(body) > _FILE_MOST:
        raise NotAPicture("too_large")
    return body


def shrunk(body: bytes) -> Picture:
    """A picture of at most `LONGEST` pixels a side and `MOST_BYTES`, turned as it is meant to be seen. Raises `NotAPicture`."""
    image = _decoded(body)
    while True:
        for quality in _QUALITIES:
            made = _encoded(image, quality)
            if 0 < len(made) <= MOST_BYTES:
                return Picture(made, image.width(), image.height())
        image = _scaled(image, int(max(image.width(), image.height()) * _SMALLER))


def _decoded(body: bytes) -> QImage:
    kind = next((kind for start, kind in _STARTS.items() if body.startswith(start)), None)
    if kind is None:
        raise NotAPicture("not_a_picture")
    buffer = QBuffer()
    buffer.setData(QByteArray(body))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        raise NotAPicture("not_a_picture")
    if size.width() * size.height() > _PIXELS_MOST:
        raise NotAPicture("too_large")
    if max(size.width(), size.height()) > LONGEST:
        reader.setScaledSize(size.scaled(QSize(LONGEST, LONGEST), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise NotAPicture("not_a_picture")
    return _plain(image)


def _plain(image: QImage) -> QImage:
    """Only the pixels, on white: no words, no place, no colour profile."""
    plain = QImage(image.size(), QImage.Format.Format_RGB888)
    plain.fill(Qt.GlobalColor.white)
    painter = QPainter(plain)
    painter.drawImage(0, 0, image)
    painter.end()
    return plain


def _scaled(image: QImage, longest: int) -> QImage:
    size = image.size().scaled(QSize(longest, longest), Qt.AspectRatioMode.KeepAspectRatio)
    return _plain(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation))


def _encoded(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", quality)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
