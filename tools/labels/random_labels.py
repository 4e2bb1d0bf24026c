"""Labels with any GS1 content that a shop may meet, and what must be read on them. For the tests (few) and `tools.soak` (many)."""

from dataclasses import dataclass

from hypothesis import strategies as st

from devices.labels.contents import encode
from devices.labels.model import Barcode, Label, Symbology
from tools.labels import contents

SIZE_MM = (101.6, 152.4)


@dataclass(frozen=True)
class RandomLabel:
    """A label, and the (AIM identifier, data) of each code on it."""

    label: Label
    codes: tuple[tuple[str, bytes], ...]


def _gs1_128(elements: contents.Elements, y: float) -> Barcode:
    return Barcode(Symbology.GS1_128, 1, y, 99, 20, elements=tuple(elements), caption=2.5)


@st.composite
def random_labels(draw: st.DrawFn) -> RandomLabel:
    """Five codes: two GS1-128, a GS1 DataMatrix, a Digital Link, and one of those for trade items or our own numbers."""
    item = draw(contents.items(8).filter(_fits_gs1_128))
    first = _gs1_128(item, 2)
    second = _gs1_128(draw(contents.logistic()), 26)
    matrix = Barcode(
        Symbology.GS1_DATA_MATRIX,
        2,
        52,
        40,
        40,
        elements=tuple(draw(contents.items(20))),
        module=draw(st.floats(0.4, 0.8)),
    )
    traced = draw(contents.items(20))
    link = Barcode(
        Symbology.GS1_LINK,
        50,
        50,
        50,
        50,
        elements=tuple(traced),
        link=draw(contents.links),
        module=draw(st.floats(0.4, 0.8)),
    )
    codes = (first, second, matrix, link, draw(_plain))
    read = tuple((_AIM[code.kind], encode(code).data.encode()) for code in codes)
    return RandomLabel(Label(*SIZE_MM, codes), read)


def _fits_gs1_128(elements: contents.Elements) -> bool:
    """Half as many symbol characters as a 99 mm label takes at 2 dots a module, if all of them were letters."""
    return sum(len(name) + len(value) + 1 for name, value in elements) <= 34


def _code(kind: Symbology, content: str) -> Barcode:
    return Barcode(kind, 1, 104, 99, 40, content=content, caption=3)


_CODE_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"


def _plainly_read(text: str) -> bool:
    """Whether the reader takes a Code 39 for no more than it is: six characters may also be a Code 32 (Italian medicines), and where the
    last character happens to be the check character of the others it says `]A1`."""
    checked = _CODE_39[sum(map(_CODE_39.index, text[:-1])) % 43] == text[-1]
    return len(text) != 6 and not checked


_plain = st.one_of(
    contents.checked(13).map(lambda number: _code(Symbology.EAN_13, number)),
    contents.checked(8).map(lambda number: _code(Symbology.EAN_8, number)),
    contents.checked(12).map(lambda number: _code(Symbology.UPC_A, number)),
    contents.checked(14).map(lambda number: _code(Symbology.ITF_14, number)),
    st.text(_CODE_39[:38], min_size=2, max_size=12)
    .filter(_plainly_read)
    .map(lambda text: _code(Symbology.CODE_39, text)),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=16).map(
        lambda text: _code(Symbology.CODE_128, text)
    ),
)

_AIM = {
    Symbology.CODE_128: "]C0",
    Symbology.GS1_128: "]C1",
    Symbology.EAN_13: "]E0",
    Symbology.EAN_8: "]E4",
    Symbology.UPC_A: "]E0",
    Symbology.ITF_14: "]I1",
    Symbology.CODE_39: "]A0",
    Symbology.DATA_MATRIX: "]d1",
    Symbology.GS1_DATA_MATRIX: "]d2",
    Symbology.QR: "]Q1",
    Symbology.GS1_LINK: "]Q1",
}
