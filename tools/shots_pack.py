"""Moments at the pack station, for the pictures."""

from dataclasses import replace

from app.core.messages import Code, say
from app.core.views import CartonCard, JoinCard, PackLine, PackStep, PackView, PaperCard, WeightCard
from tools.shots_goods import CUP, LEMON, OLIVE, TEA, TOTES, TOWEL
from tools.shots_plan import CHECKLIST, plan

LINES = (
    PackLine(OLIVE, 2, 2, 0, False),
    PackLine(TOWEL, 1, 1, 0, False),
    PackLine(CUP, 3, 2, 0, True),
    PackLine(TEA, 1, 0, 0, False),
)
ALL_IN = tuple(replace(line, packed=line.qty, current=False) for line in LINES)
CARTONS = (
    CartonCard("S1", "Small", (200, 150, 100), 118, False, 1),
    CartonCard("M2", "Medium", (300, 200, 150), 71, True, 2, True),
    CartonCard("L1", "Large", (400, 300, 200), 34, True, 3),
)
LABEL = PaperCard("label", "waiting")
PACK = PackView(
    step=PackStep.UNITS, prompt=say(Code.SCAN_UNITS, n=2), queue=TOTES, job="k0", order="50231", tote="T-0417", lines=LINES,
    packed=5, units=7, papers=(LABEL,), flags=("vip", "gift"), note="",
)  # fmt: skip
ALONG = replace(
    PACK,
    offers=(JoinCard("50234", "k9", "T-0421", 2), JoinCard("50236", "k8", "T-0430", 1)),
    orders=("50231",),
    photos=1,
)
SHARED = replace(
    PACK,
    orders=("50231", "50234"),
    totes=("T-0417", "T-0421"),
    photos=2,
    lines=(*(replace(line, order="50231") for line in LINES[:3]), replace(LINES[3], order="50234")),
)
CARTON = replace(PACK, step=PackStep.CARTON, prompt=say(Code.CHOOSE_CARTON), lines=ALL_IN, packed=7, cartons=CARTONS)
WEIGH = replace(
    CARTON,
    step=PackStep.WEIGHT,
    prompt=say(Code.PUT_ON_SCALE),
    carton=CARTONS[1],
    weight=WeightCard(None, False, 2310, 30, None),
)
BLOCKED = replace(WEIGH, weight=WeightCard(1846, True, 2310, 30, False, True))
STICK = replace(
    WEIGH, step=PackStep.SCAN_BACK, prompt=say(Code.SCAN_LABEL), weight=WeightCard(2304, True, 2310, 30, True),
    papers=(PaperCard("label", "printed"),),
)  # fmt: skip
UNSURE = replace(
    STICK, step=PackStep.LABEL_UNSURE, prompt=say(Code.LABEL_UNSURE_ASK), papers=(PaperCard("label", "unsure"),)
)
LATER = tuple(
    replace(job, started=n == 0, label=label)
    for n, (job, label) in enumerate(zip(TOTES, ("pending", "", ""), strict=False))
)
PENDING = replace(
    STICK, step=PackStep.LABEL, prompt=say(Code.LABEL_PENDING), queue=LATER,
    papers=(
        PaperCard("label", "pending"), PaperCard("packing-slip", "printed"), PaperCard("customs", "fetching"),
        PaperCard("invoice", "printing"), PaperCard("return-slip", "no_printer"),
    ),
)  # fmt: skip
NO_LABEL = replace(
    PENDING, prompt=say(Code.LABEL_PROBLEM), papers=(PaperCard("label", "problem"), PaperCard("packing-slip", "no_printer")),
)  # fmt: skip
MISSING = replace(PACK, prompt=say(Code.CHOOSE_SHORT_REASON, n=1), others=(LEMON,))
FETCHED = replace(
    PACK, step=PackStep.GOODS, prompt=say(Code.WAIT_FOR_GOODS, n=1), awaited=1, in_parcel=6, packed=6,
    lines=tuple(replace(line, qty=max(line.packed, 1), packed=max(line.packed, 1), current=False) for line in LINES),
)  # fmt: skip
WHY_ASIDE = replace(PACK, step=PackStep.HOLD, prompt=say(Code.WHY_ASIDE))
TO_PLACE = replace(WHY_ASIDE, prompt=say(Code.SCAN_ASIDE_PLACE))
PUT_DOWN_TOTES = tuple(
    replace(job, started=True, flags=(word, *job.flags))
    for job, word in zip(TOTES, ("aside", "fetching", "goods_here"), strict=False)
)
_SKUS = (TOWEL.sku, OLIVE.sku, CUP.sku, TEA.sku)
PLANNED = replace(PACK, plan=plan(*_SKUS, (0, 1, 2, 3, 4), 5), supplies=CHECKLIST)
PLANNED_CARTON = replace(
    CARTON,
    cartons=(
        replace(CARTONS[1], key=1),
        replace(CARTONS[2], key=2, suggested=False),
        replace(CARTONS[0], key=3),
    ),
    plan=plan(*_SKUS, tuple(range(7)), None),
    supplies=CHECKLIST,
)
PLANNED_WEIGHT = replace(
    WEIGH, prompt=say(Code.CHECK_SUPPLIES), plan=plan(*_SKUS, tuple(range(7)), None), supplies=CHECKLIST
)
BENCH = PackView(PackStep.WAITING, say(Code.SCAN_TOTE_TO_PACK), TOTES)
OWED = (PaperCard("packing-slip", "fetching", "50198"), PaperCard("return-slip", "failed", "50205"))
