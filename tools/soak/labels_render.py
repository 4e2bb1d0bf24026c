"""Labels with any GS1 content at 203, 300 and 600 dpi on both renderers: every code must read as intended.

Arguments: number of labels (default 500), seed.
"""

import random
from collections import Counter
from collections.abc import Sequence

import hypothesis
from hypothesis import strategies as st

from devices.labels import build
from tools.bench import Figure
from tools.labels.decode import ENGINES, Engine, NotRendered, decode, render_zpl
from tools.labels.random_labels import SIZE_MM, RandomLabel, random_labels


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
    @hypothesis.given(random_labels(), st.sampled_from([8, 12, 24]))
    def every(label: RandomLabel, dpmm: int) -> None:
        counts["labels"] += 1
        for engine in ENGINES:
            _look(label, dpmm, engine, counts)

    every()
    return [
        Figure("labels of random GS1 content", counts["labels"], ""),
        Figure("codes drawn and read", counts["codes"], ""),
        Figure("codes that did not read as intended", counts["wrong"], "", limit=0),
    ]


def _look(label: RandomLabel, dpmm: int, engine: Engine, counts: Counter[str]) -> None:
    try:
        found = decode(render_zpl(build(label.label, dpmm=dpmm).payload, engine, *SIZE_MM, dpmm))
    except NotRendered as refusal:
        found = []
        print(f"{engine} {dpmm}: {refusal}")
    wrong = (Counter(label.codes) - Counter(found)) + (Counter(found) - Counter(label.codes))
    counts["codes"] += len(label.codes)
    counts["wrong"] += wrong.total()
    if wrong:
        print(f"{engine} {dpmm}: wanted {sorted(label.codes)}, read {found}")
