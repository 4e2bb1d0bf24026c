"""What a scale with a given display puts on the line, in each dialect: the simulators' half of `codecs.scales`, written from the manuals.

Every function takes what is shown and returns the bytes, empty where the dialect stays silent.
"""

from __future__ import annotations

from devices.codecs.scales import cas_ecr, dialog06, dibal_98, toledo_continuous
from devices.simulated.scale_platform import Shown

_STX, _ETX, _CR = b"\x02", b"\x03", b"\r"


def _kg(shown: Shown, layout: str) -> bytes:
    # Exact: grams are whole numbers, and the layouts ask for three decimals.
    return format(shown.grams / 1000, layout).encode("ascii")


def _toledo(shown: Shown, layout: str, always: int, net: bytes) -> bytes:
    status = {"+": 2, "-": 4}.get(shown.verdict, 1 if shown.moving else 0)
    if not status and shown.grams < 0:
        status = 4
    if status:
        return _STX + b"?" + bytes([always | status]) + _CR
    return _STX + _kg(shown, layout) + (net if shown.tare_g else b"") + _CR


def toledo_8217(shown: Shown) -> bytes:
    """`STX WW.WWW[N] CR`, or a status byte."""
    return _toledo(shown, "06.3f", 0x40, b"N")


def toledo_8213(shown: Shown) -> bytes:
    """`STX WWW.WWW CR`, or a status byte."""
    return _toledo(shown, "07.3f", 0x60, b"")


def continuous(shown: Shown) -> bytes:
    """18 bytes in kilograms with three decimals, with checksum."""
    b = 0x20 | toledo_continuous.KILOGRAMS
    b |= toledo_continuous.MOTION if shown.moving else 0
    b |= toledo_continuous.NET if shown.tare_g else 0
    b |= toledo_continuous.NEGATIVE if shown.grams < 0 else 0
    b |= toledo_continuous.OUT_OF_RANGE if shown.verdict else 0
    frame = _STX + bytes([0x2D, b, 0x20]) + b"%06d%06d" % (min(abs(shown.grams), 999_999), shown.tare_g) + _CR
    return frame + bytes([toledo_continuous.checksum(frame)])


def nci(shown: Shown) -> bytes:
    """Weight and status, or the status alone."""
    first = 1 if shown.moving else 2 if shown.grams == 0 else 0
    second = {"+": 2, "-": 1}.get(shown.verdict, 0) | (0x40 if shown.tare_g else 0)
    status = b"S" + bytes([0x30 | first, 0x30 | second]) + (b"4" if shown.tare_g else b"") + _CR + _ETX
    if shown.moving or shown.verdict:
        return b"\n" + status
    return b"\n" + _kg(shown, "07.3f") + b"KG\r\n" + status


def sma(shown: Shown) -> bytes:
    """Twenty characters."""
    state = {"+": b"O", "-": b"U"}.get(shown.verdict, b"Z" if shown.grams == 0 and not shown.moving else b" ")
    kind, motion = b"N" if shown.tare_g else b"G", b"M" if shown.moving else b" "
    return b"\n" + state + b"1" + kind + motion + b" " + _kg(shown, "10.3f") + b"kg " + _CR


def aandd(shown: Shown) -> bytes:
    """Header, nine characters, unit."""
    if shown.verdict:
        return b"OL," + shown.verdict.encode() + b"9999999E+19\r\n"
    return (b"US," if shown.moving else b"ST,") + _kg(shown, "+09.3f") + b" kg\r\n"


def _cas_head(shown: Shown) -> bytes:
    header = b"OL" if shown.verdict else b"US" if shown.moving else b"ST"
    return header + (b",NT," if shown.tare_g else b",GS,")


def cas_22(shown: Shown) -> bytes:
    """With device number and lamps."""
    lamps = 0x80 | (0 if shown.moving else 0x40) | (0x02 if shown.tare_g else 0x04) | (0x01 if shown.grams == 0 else 0)
    return _cas_head(shown) + b"1" + bytes([lamps]) + b"," + _kg(shown, "8.3f") + b" kg\r\n"


def cas_18(shown: Shown) -> bytes:
    """Without them."""
    return _cas_head(shown) + _kg(shown, "8.3f") + b"kg\r\n"


def cas_10(shown: Shown) -> bytes:
    """Eight characters; out of range nothing that could be read as a weight."""
    return (b"--------" if shown.verdict else _kg(shown, "8.3f")) + b"\r\n"


def ecr(shown: Shown) -> bytes:
    """The frame that DC1 fetches."""
    sign, figure = (b"-" if shown.grams < 0 else b" "), b"%02d.%03d" % divmod(abs(shown.grams), 1000)
    if shown.verdict:
        sign, figure = b"F", b"FFFFFF"
    body = (b"U" if shown.moving else b"S") + sign + figure + b"kg"
    return b"\x01\x02" + body + bytes([cas_ecr.checksum(body)]) + b"\x03\x04"


def _sbi(shown: Shown) -> bytes:
    if shown.verdict:
        return b"      High    " if shown.verdict == "+" else b"      Low     "
    sign, unit = (b"-" if shown.grams < 0 else b"+"), (b"   " if shown.moving else b"kg ")
    return sign + b" " + format(abs(shown.grams) / 1000, "8.3f").encode("ascii") + b" " + unit


def sbi_16(shown: Shown) -> bytes:
    """Sixteen characters."""
    return _sbi(shown) + b"\r\n"


def sbi_22(shown: Shown) -> bytes:
    """Twenty-two, with an identification before them."""
    if shown.verdict:
        return (b"Stat     High       " if shown.verdict == "+" else b"Stat     Low        ") + b"\r\n"
    return (b"N     " if shown.tare_g else b"G     ") + _sbi(shown) + b"\r\n"


def ohaus(shown: Shown) -> bytes:
    """The Defender's fields."""
    if shown.verdict:
        return b"Err 8.3\r\n" if shown.verdict == "+" else b"Err 8.4\r\n"
    sign, mark = (b"-" if shown.grams < 0 else b" "), (b"?" if shown.moving else b" ")
    figure = format(abs(shown.grams) / 1000, "7.3f").encode("ascii")
    return sign + b" " + figure + b" kg   " + mark + (b"NET" if shown.tare_g else b"G  ") + b"\r\n"


def adam(shown: Shown) -> bytes:
    """A label, when there is a weight that stands still."""
    if shown.moving or shown.verdict or not shown.grams:
        return b""
    return _kg(shown, "9.3f") + b"kg\r\n"


def dibal(shown: Shown) -> bytes:
    """Status, grams, no amount, check."""
    bad = shown.moving or bool(shown.verdict) or shown.grams < 0
    body = b"99%d%05d0%06d" % (bad, 0 if bad else shown.grams, 0)
    return body + bytes([dibal_98.checksum(body)]) + b"\r\n"


def dialog_06(shown: Shown) -> bytes:
    """Record 02 at the price that our driver sets, or NAK."""
    if shown.moving or shown.verdict or shown.grams < 0:
        return b"\x15"
    return b"\x0202\x1b3\x1b%05d\x1b%s\x1b%06d\x03" % (shown.grams, dialog06.PRICE, shown.grams)


def dialog_06_why(shown: Shown) -> bytes:
    """Record 09."""
    code = {"+": b"32", "-": b"31"}.get(shown.verdict, b"20" if shown.moving else b"31" if shown.grams < 0 else b"00")
    return b"\x0209\x1b" + code + b"\x03"


def radwag(shown: Shown) -> bytes:
    """Twenty-two characters."""
    mark = {"+": b"^", "-": b"v"}.get(shown.verdict, b"?" if shown.moving else b" ")
    sign = b"-" if shown.grams < 0 else b" "
    return b"SI  " + mark + b" " + sign + format(abs(shown.grams) / 1000, "9.3f").encode("ascii") + b" kg \r\n"


def hid(shown: Shown) -> bytes:
    """Report 3 in grams."""
    status = {"+": 6, "-": 5}.get(shown.verdict, 3 if shown.moving else 2 if shown.grams == 0 else 4)
    if shown.grams < 0:
        status = 5
    return bytes([3, status, 2, 0]) + min(abs(shown.grams), 65_535).to_bytes(2, "little")
