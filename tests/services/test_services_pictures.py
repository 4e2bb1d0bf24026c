"""Pictures at the bench: what a folder or a file may hold, how it is made small, and that nothing but the picture is kept."""

import io
import os

import pytest
from PIL import Image

from app.services.camera import LONGEST, MOST_BYTES, NotAPicture
from app.wiring.pictures import FRESH_S, FolderCamera, shrunk
from oms.documents.photos_jpeg import size_of


def jpeg(size=(400, 300), noise=False, **more):
    image = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)) if noise else Image.new("RGB", size, "red")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, **more)
    return out.getvalue()


def with_place():
    """A picture that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "MAKER-OF-THE-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg((400, 300), exif=exif, comment=b"SECRET WORDS")


def test_nothing_but_the_picture_is_kept_and_it_stands_upright():
    made = shrunk(with_place())
    assert (made.width, made.height) == (300, 400)
    assert b"MAKER" not in made.body
    assert b"SECRET" not in made.body
    assert (size_of(made.body).width, size_of(made.body).height) == (300, 400)
    assert size_of(with_place()) is None


@pytest.mark.parametrize("size", [(2400, 1800), (60, 5000)], ids=["wide", "tall"])
def test_a_large_picture_is_made_small(size):
    made = shrunk(jpeg(size, noise=True))
    assert max(made.width, made.height) <= LONGEST
    assert len(made.body) <= MOST_BYTES
    assert (made.width > made.height) == (size[0] > size[1])


def test_a_png_with_holes_stands_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    made = shrunk(out.getvalue())
    assert Image.open(io.BytesIO(made.body)).getpixel((5, 5)) == (255, 255, 255)


def huge():
    """A PNG of a few bytes that says it is 60 000 pixels wide and high."""
    out = io.BytesIO()
    Image.new("1", (1, 1)).save(out, "PNG")
    body = bytearray(out.getvalue())
    body[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"GIF89a" + bytes(50), b"\xff\xd8\xff\xe0" + os.urandom(500), jpeg()[:200], b"<svg/>", huge()],
    ids=["empty", "gif", "noise", "cut", "svg", "huge"],
)
def test_what_is_no_picture_is_turned_away(body):
    with pytest.raises(NotAPicture):
        shrunk(body)


def test_the_folder_gives_its_newest_picture_once(tmp_path):
    now = [1_000_000.0]
    camera = FolderCamera(tmp_path, lambda: now[0])

    def put(name, at, body):
        (tmp_path / name).write_bytes(body)
        os.utime(tmp_path / name, (at, at))

    assert camera.newest() is None
    put("a.jpg", now[0] - 50, jpeg((40, 30)))
    put("b.PNG", now[0] - 5, jpeg()[:100])
    put("notes.txt", now[0], b"no")
    with pytest.raises(NotAPicture):
        # Half written: the same file is read again the next time.
        camera.newest()
    put("b.PNG", now[0] - 5, jpeg((20, 10)))
    assert (camera.newest().width, camera.newest()) == (20, None)
    put("c.jpeg", now[0] - FRESH_S - 1, jpeg())
    assert camera.newest() is None
    now[0] += FRESH_S
    put("d.jpg", now[0] - FRESH_S - 1, jpeg())
    assert camera.newest() is None
    assert camera.of_file(str(tmp_path / "a.jpg")).height == 30
    assert camera.of_file(str(tmp_path / "nothing")) is None
    assert camera.of_file(str(tmp_path)) is None
    assert FolderCamera(tmp_path / "gone", lambda: now[0]).newest() is None
    assert FolderCamera(None, lambda: now[0]).newest() is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b[:-2],
        lambda b: b.replace(b"\xff\xe0", b"\xff\xe1", 1),
        lambda b: b[:2] + b"\xff\xfe\x00\x04hi" + b[2:],
        lambda b: b"\xff\xd8\xff\xd9",
        lambda b: b + bytes(MOST_BYTES) + b"\xff\xd9",
        lambda b: b[:4] + b"\xff\xff" + b[6:],
    ],
    ids=["cut", "exif", "words", "empty", "large", "torn"],
)
def test_the_centre_takes_only_what_a_bench_makes(spoil):
    good = shrunk(jpeg()).body
    assert size_of(good) is not None
    assert size_of(spoil(good)) is None
