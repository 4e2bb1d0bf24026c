"""The label templates of this station as the devices take them: from the program's resources, or the shop's own copy where there is one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import resources
from devices.labels import Built, build
from devices.labels.layout import Pen
from devices.labels.template_file import TemplateError, read
from devices.labels.templates import Template, Value
from devices.model import Role
from devices.registry import dialect_of
from devices.transports.urls import option

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a label printer wants its labels in: a language, and dots per mm."""

    language: str
    dpmm: int


_CARRIERS = ("raw", "ipp")


def spoken_at(url: str) -> Spoken:
    """By the printer's address: its dialect is the language; behind a spooler or IPP, which only carry, `?language=` says it (zpl if
    nothing does). `?dpmm=` is 8 if nothing says otherwise. ValueError when that is no number."""
    dialect = dialect_of(Role.LABEL_PRINTER, url)
    language = option(url, "language", "zpl") if dialect in _CARRIERS else dialect
    return Spoken(language, int(option(url, "dpmm", "8")))


class LabelBook:
    """Owns the templates. A shop's own file in `folder` takes the place of ours of that name; a broken one is logged and ours is used."""

    def __init__(self, folder: Path | None = None, pen: Pen | None = None) -> None:
        self._pen = pen
        self._templates: dict[str, Template] = {}
        for file in sorted(resources.path("labels").glob("*.toml")):
            self._templates[file.stem] = read(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.toml")) if folder else ():
            self._take_own(file)

    def _take_own(self, file: Path) -> None:
        try:
            template = read(file.read_text(encoding="utf-8"))
            ours = self._templates.get(file.stem)
            asked = (ours.needed | ours.optional) if ours else template.needed
            if template.needed - asked:
                raise TemplateError(f"needs {', '.join(sorted(template.needed - asked))}, which nobody fills in")
        except (OSError, UnicodeDecodeError, TemplateError) as trouble:
            _log.warning("The label template %s is not used: %s", file, trouble)
            return
        self._templates[file.stem] = template

    def build(self, name: str, values: Mapping[str, Value], words: str, spoken: Spoken) -> Built:
        """The label `name` with these values and fixed words in `words` (en, nl, de, da), as bytes for the printer.

        Values for which the template has no field are left away. ValueError in words for what cannot be printed.
        """
        template = self._templates.get(name)
        if template is None:
            raise ValueError(f"there is no label template {name}")
        known = template.needed | template.optional
        label = template.fill({field: value for field, value in values.items() if field in known}, words)
        return build(label, spoken.language, spoken.dpmm, self._pen)
