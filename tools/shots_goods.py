"""Goods, people, devices and waiting work that pictures of several screens have in common."""

from app.core.views import DeviceStatus, ItemCard, JobCard, LinkStatus, Person
from tools import shots_devices as desk

OLIVE = ItemCard("FH1000", "Hand wash Olive, 500 ml refill", "9501101000008", "#5c8f2e", expiry="2027-03-31")
LEMON = ItemCard("FH1001", "Hand wash Lemon, 500 ml refill", "9501101000015", "#d9b310")
TOWEL = ItemCard("FH1020", "Linen towel, sand", "9501101000206", "#c8a97e")
CUP = ItemCard("FH1030", "Ceramic cup, white", "9501101000305", "#d7dbe0", fragile=True)
TEA = ItemCard("FH1050", "Tea, Darjeeling first flush, 100 g", "9501101000503", "#7d5ba6", lot="L2209")

PICKER = Person("w1", "Amira Haddad", "1004", frozenset({"picker"}))
PACKER = Person("w2", "Jonas Brandt", "1012", frozenset({"packer"}))
BOSS = Person("w3", "Lieke de Vries", "1001", frozenset({"supervisor"}))
PEOPLE = (PICKER, PACKER, BOSS)

ONLINE = LinkStatus(True, 900, 0, None, 2)
OFFLINE = LinkStatus(False, 372, 12, 300, 380)
SCALE = DeviceStatus("scale", "Bench 3", True, reading="1.846 kg")
DEVICES = (
    DeviceStatus("scanner", "Handheld", True),
    SCALE,
    DeviceStatus("label-printer", "Bench 3", True),
)
EMPTY_PRINTER = (
    *DEVICES[:2],
    DeviceStatus("label-printer", "Bench 3", False, desk.fault("Bench 3", "media-empty", "labels")),
)

JOBS = (
    JobCard("j1", "50231", 6, 14, True, "T-0417", ("vip",), "2026-11-22T16:00"),
    JobCard("j2", "50244", 2, 3, False, None, ("gift",), "2026-11-22T16:00"),
    JobCard("j3", "50198", 4, 9, False, None, (), "2026-11-22T18:30"),
)
TOTES = (
    JobCard("k1", "50244", 2, 3, False, "T-0422", ("gift",), "2026-11-22T16:00"),
    JobCard("k2", "50198", 4, 9, False, "T-0433", (), "2026-11-22T18:30"),
)
