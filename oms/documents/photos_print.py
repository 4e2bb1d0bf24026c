"""A picture on paper, byte for byte as it was taken: nothing here decodes it, and whoever has the file can take it out and hash it. Used by
the layout of the dossier."""

from typing import Any

from oms.documents.data import Shot
from oms.documents.engine import Flowable, pdfdoc

#: A picture is no higher on a page (points).
_HIGHEST = 360.0


class Photograph(Flowable):  # type: ignore[misc]
    """A JPEG, as wide as there is room and no higher than half a page."""

    def __init__(self, shot: Shot, width: float) -> None:
        super().__init__()
        scale = min(width / shot.width, _HIGHEST / shot.height, 1.0)
        self._shot = shot
        self.width, self.height = shot.width * scale, shot.height * scale

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its size on paper (points)."""
        return self.width, self.height

    def draw(self) -> None:
        """Puts the bytes into the file as they are, once, and the picture onto the page."""
        canvas: Any = self.canv
        document, name = canvas._doc, f"photo{self._shot.sha256}"
        told = document.getXObjectName(name)
        if not document.hasForm(name):
            document.addForm(name, _stream(self._shot))
        canvas._formsinuse.append(name)
        canvas._code.append(f"q {self.width:.2f} 0 0 {self.height:.2f} 0 0 cm /{told} Do Q")


def _stream(shot: Shot) -> Any:
    word = pdfdoc.PDFName
    kind = {
        "Type": word("XObject"), "Subtype": word("Image"), "Width": shot.width, "Height": shot.height,
        "ColorSpace": word("DeviceGray" if shot.colours == 1 else "DeviceRGB"), "BitsPerComponent": 8,
        "Filter": word("DCTDecode"),
    }  # fmt: skip
    return pdfdoc.PDFStream(pdfdoc.PDFDictionary(kind), shot.body, filters=[])
