"""Our templates, and labels with any GS1 content, at 203, 300 and 600 dpi on both renderers: every code must read as intended.

Arguments: number of labels (default 500), seed.
"""

import random
from collections import Counter
from collections.abc import Sequence

import hypothesis
from hypothesis import strategies as st

import resources
from devices.labels import build
from devices.labels.template_file import read
from tools.bench import Figure
from tools.labels import samples
from tools.labels.decode import ENGINES, Engine, NotRendered, decode, render_zpl
from tools.labels.random_labels import SIZE_MM, RandomLabel, random_labels

_RESOLUTIONS = (8, 12, 24)


def main(arguments: Sequence[str]) -> list[Figure]:
    """How many codes were drawn, and how many of them did not read as intended."""
    labels = int(arguments[0]) if arguments else 500
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(1 << 32)
    print(f"labels_render: seed {seed}")
    counts: Counter[str] = Counter()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=labels,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(random_labels(), st.sampled_from(_RESOLUTIONS))
    def every(label: RandomLabel, dpmm: int) -> None:
        counts["labels"] += 1
        for engine in ENGINES:
            _look(build(label.label, dpmm=dpmm).payload, SIZE_MM, dpmm, engine, label.codes, counts)

    for name in samples.LABELS:
        for dpmm in _RESOLUTIONS:
            _look_at_sample(name, dpmm, counts)
    templates = counts["labels"]
    every()
    return [
        Figure("labels of our templates", templates, ""),
        Figure("labels of random GS1 content", counts["labels"] - templates, ""),
        Figure("codes drawn and read", counts["codes"], ""),
        Figure("codes that did not read as intended", counts["wrong"], "", limit=0),
        # Now and then the reader takes a few bars of another symbol for a Code 39 of one character.
        Figure("codes that the reader saw and nobody drew", counts["further"], ""),
    ]


def _look_at_sample(name: str, dpmm: int, counts: Counter[str]) -> None:
    sample = samples.LABELS[name]
    template = read(resources.path(f"labels/{sample.template}.toml").read_text(encoding="utf-8"))
    zpl = build(template.fill(sample.values), dpmm=dpmm).payload
    counts["labels"] += 1
    for engine in ENGINES:
        _look(zpl, (template.width, template.height), dpmm, engine, sample.codes, counts)


def _look(
    zpl: bytes,
    size: tuple[float, float],
    dpmm: int,
    engine: Engine,
    codes: Sequence[tuple[str, bytes]],
    counts: Counter[str],
) -> None:
    try:
        found = decode(render_zpl(zpl, engine, *size, dpmm))
    except NotRendered as refusal:
        found = []
        print(f"{engine} {dpmm}: {refusal}")
    lacking, further = Counter(codes) - Counter(found), Counter(found) - Counter(codes)
    counts["codes"] += len(codes)
    counts["wrong"] += lacking.total()
    counts["further"] += further.total()
    if lacking or further:
        print(f"{engine} {dpmm}: wanted {sorted(codes)}, read {found}")
