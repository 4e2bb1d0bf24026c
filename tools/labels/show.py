"""`python -m tools.labels.show [--file FILE.toml] [--dpmm 8] [--words de] [--language zpl] FOLDER`: our labels as pictures, to look at.

ZPL is drawn by the node renderer, the other languages by our readers, which know where things stand but not the printer's own letters.
"""

import argparse
import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import resources
from devices.labels import WRITERS
from devices.labels.layout import lay_out
from devices.labels.template_file import read
from devices.labels.templates import LANGUAGES, Template, Value
from tools.labels import readers, samples
from tools.labels.decode import decode, render_zpl


def picture(template: Template, values: Mapping[str, Value], words: str, language: str, dpmm: int) -> bytes:
    """A PNG of the label."""
    writer = WRITERS[language]
    page = lay_out(template.fill(values, words), dpmm, writer.fonts(dpmm))
    payload = writer.write(page)
    if language == "zpl":
        return render_zpl(payload, "zebrash", template.width, template.height, dpmm)
    return _png(readers.read(language, payload, (page.width, page.height), dpmm))


def _png(seen: readers.Seen) -> bytes:
    whole = seen.ink.convert("L")
    for x, y, face, text in seen.texts:
        font = ImageFont.load_default(face.height * 0.8)
        wide = face.width * len(text)
        line = Image.new("L", (max(1, round(font.getlength(text))), face.height), 255)
        ImageDraw.Draw(line).text((0, 0), text, 0, font)
        whole.paste(0, (x, y), Image.eval(line.resize((wide, face.height)), lambda level: 255 - level))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def main(arguments: list[str] | None = None) -> None:
    """Draws every sample, or the samples of one template file, and says what can be scanned on each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--file", type=Path, help="a template of your own, drawn with the values of our sample of that name"
    )
    parser.add_argument("--dpmm", type=int, default=8, help="dots per mm: 8, 12 or 24")
    parser.add_argument("--words", choices=LANGUAGES, default="en")
    parser.add_argument("--language", choices=sorted(WRITERS), default="zpl")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for name, sample in samples.LABELS.items():
        file = chosen.file or resources.path(f"labels/{sample.template}.toml")
        template = read(file.read_text(encoding="utf-8"))
        if template.name != sample.template:
            continue
        values = {
            field: value for field, value in sample.values.items() if field in template.needed | template.optional
        }
        png = picture(template, values, chosen.words, chosen.language, chosen.dpmm)
        (chosen.folder / f"{name}.png").write_bytes(png)
        print(f"{name}.png {decode(png)}")


if __name__ == "__main__":
    main()
