"""Hypothesis strategies for what may stand in GS1 bar codes: numbers with right check digits, lots, serials, dates, weights, addresses."""

from hypothesis import strategies as st

from devices.codecs import gtin

# GS1 General Specifications, figure 7.11-1: character set 82.
CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

Elements = list[tuple[str, str]]


def digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    """So many digits."""
    return st.text("0123456789", min_size=least, max_size=most or least)


def checked(count: int) -> st.SearchStrategy[str]:
    """A number of so many digits, the last of them its check digit."""
    return digits(count - 1).map(lambda body: body + gtin.check_digit(body))


def words(most: int) -> st.SearchStrategy[str]:
    """A lot, a serial number: one to so many characters, any of GS1's."""
    return st.text(CHARACTERS, min_size=1, max_size=most)


dates = (
    st.dates()
    .map(lambda day: day.strftime("%m%d"))
    .flatmap(lambda md: digits(2).map(lambda year: year + md))
    .filter(lambda date: date[2:] != "0229")
)
count = st.integers(1, 99_999_999).map(str)


@st.composite
def items(draw: st.DrawFn, most: int) -> Elements:
    """Element strings of a trade item: its GTIN and up to four of what goes with it, texts of `most` characters at most, in any order."""
    attributes = {
        "10": words(min(most, 20)),
        "21": words(min(most, 20)),
        "11": dates,
        "15": dates,
        "17": dates,
        "3103": digits(6),
        "240": words(min(most, 30)),
        "30": st.integers(1, 99_999_999).map(str),
    }
    chosen = draw(st.permutations(sorted(attributes)))[: draw(st.integers(0, 4))]
    return [("01", draw(checked(14))), *((name, draw(attributes[name])) for name in chosen)]


@st.composite
def logistic(draw: st.DrawFn) -> Elements:
    """Element strings of a logistic unit."""
    which = draw(st.sampled_from(["sscc", "content", "route"]))
    if which == "sscc":
        return [("00", draw(checked(18)))]
    if which == "route":
        return [("400", draw(words(12))), ("420", draw(digits(4, 9)))]
    return [("02", draw(checked(14))), ("37", draw(count)), ("10", draw(words(8)))]


links = st.sampled_from(["https://id.gs1.org", "https://shop.example/products/x", "http://a.example:8080"])
