"""The figures of a `History`, reckoned over again from its rows: slowly, one after another, and from the words of `docs/reports.md`."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OVER = ("shipped", "returned", "cancelled")
WRONG = ("wrong_item", "wrong_bin", "too_many", "unknown_code")
PICKS, UNPICKS = ("pick.confirm", "pick.substitute"), ("pick.undo", "substitute.undo")
AT_IT = (*PICKS, *UNPICKS, "pick.at_bin", "pick.skip", "tote.bind", "job.drop", "pick.short", "pick.unshort")
DIRECT = {"held": "held", "open": "sourced", "shipped": "shipped", "cancelled": "cancelled"}


def first_of(day, every):
    """The first day of the day's, week's or month's part."""
    if every == "month":
        return day.replace(day=1)
    while every == "week" and day.isoweekday() != 1:
        day -= timedelta(days=1)
    return day


def quantile(values, share):
    """As people learn it at school: between neighbours, in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Plain:
    """`told[figure]` is (value, part, whole) of all days; `points[figure]` the same by first day; `states` and `ages` are counts."""

    def __init__(self, history, first, last, every, zone, now, site="", channel="", worker=""):
        self.history, self.first, self.last, self.every, self.now = history, first, last, every, now
        self.zone, self.site, self.channel, self.worker = ZoneInfo(zone), site, channel, worker
        self.lines, self.sites = {}, {}
        for line in history.lines:
            self.lines.setdefault((line["site_id"], line["order_no"]), []).append(line)
        # What goes from one site of ours to another is no customer's.
        self.sold = [part for part in history.parts if part["transfer_to"] is None]
        for part in history.parts:
            self.sites.setdefault(part["customer_order"], set()).add(part["site_id"])
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.parts = list(dict.fromkeys(first_of(day, every) for day in days))
        self.days = {part: [day for day in days if first_of(day, every) == part] for part in self.parts}
        self.told = {figure: say(days) for figure, say in self._figures().items()}
        self.points = {
            figure: [say(self.days[part]) for part in self.parts] for figure, say in self._figures().items() if figure != "ageing"
        }  # fmt: skip

    def _figures(self):
        floor = {"shorts": self.shorts}
        if not self.channel:
            floor |= {"picks_per_hour": self.picks_per_hour, "accuracy": self.accuracy}
        if self.worker:
            return floor
        shop = {
            "orders": self.orders, "fill_rate": self.fill_rate, "on_time": self.on_time, "cycle_time": self.cycle_time,
            "returns": self.returns, "ageing": self.ageing,
        }  # fmt: skip
        return {**floor, **shop} if self.channel else {**floor, **shop, "stock_turns": self.stock_turns}

    def on(self, at, days):
        return at is not None and at.astimezone(self.zone).date() in days

    def here(self, site):
        return self.site in ("", site)

    def all_orders(self):
        """Customers' orders, and those that sites got themselves: (placed, state, channel)."""
        for order in self.history.orders:
            sites = {*self.sites.get(order["number"], ()), order["pick_up_site"]}
            if (not self.site or self.site in sites) and self.channel in ("", order["channel"]):
                yield order["placed_at"], order["state"], order["channel"]
        for part in self.sold:
            if part["customer_order"] is None and self.here(part["site_id"]) and self.channel in ("", part["channel"]):
                yield part["placed_at"], DIRECT.get(part["state"], "in_work"), part["channel"]

    def orders(self, days):
        many = sum(1 for placed, _, _ in self.all_orders() if self.on(placed, days))
        return many, many, many

    @property
    def states(self):
        found = {}
        for placed, state, channel in self.all_orders():
            if self.first <= placed.astimezone(self.zone).date() <= self.last:
                found[channel, state] = found.get((channel, state), 0) + 1
        return found

    def waits(self):
        return [
            (self.now - placed).total_seconds() / 3600 for placed, state, _ in self.all_orders() if state not in OVER
        ]

    @property
    def ages(self):
        hours = self.waits()
        bounds = ((0, 24), (24, 48), (48, 168), (168, 336), (336, 1e9))
        return [sum(1 for one in hours if low <= one < high) for low, high in bounds]

    def ageing(self, _days):
        hours = self.waits()
        return len(hours), max(hours), len(hours)

    def left(self, days):
        """(part, its lines) of what left on those days."""
        for part in self.sold:
            mine = part["state"] == "shipped" and self.here(part["site_id"]) and self.channel in ("", part["channel"])
            if mine and self.on(part["shipped_at"], days):
                yield part, self.lines.get((part["site_id"], part["number"]), [])

    def pieces_left(self, days):
        return sum(line["packed"] for _, lines in self.left(days) for line in lines)

    def fill_rate(self, days):
        wanted = sum(line["qty"] for _, lines in self.left(days) for line in lines)
        return share(self.pieces_left(days), wanted)

    @staticmethod
    def ended(part):
        return part["ready_at"] if part["pick_up"] and part["ready_at"] else part["shipped_at"]

    def on_time(self, days):
        said = []
        for part, _ in self.left(days):
            if part["cut_off"]:
                said.append(self.ended(part) <= part["cut_off"])
            elif part["promised"]:
                said.append(self.ended(part).astimezone(self.zone).date() <= part["promised"])
        return share(said.count(True), len(said))

    def cycle_time(self, days):
        placed = {order["number"]: order["placed_at"] for order in self.history.orders}
        hours = [
            (self.ended(part) - placed.get(part["customer_order"], part["placed_at"])).total_seconds() / 3600
            for part, _ in self.left(days)
        ]
        return quantile(hours, 0.5), quantile(hours, 0.9) or 0, len(hours)

    def returns(self, days):
        channels = {one["number"]: one["channel"] for one in self.history.returns}
        back = 0
        for one in self.history.receipts:
            mine = self.here(one["site_id"]) and self.channel in ("", channels[one["return_no"]])
            if mine and one["undone_at"] is None and self.on(one["at"], days):
                back += one["qty"]
        return share(back, self.pieces_left(days))

    def stock_turns(self, days):
        start, end = (self.midnight(day) for day in (days[0], days[-1] + timedelta(days=1)))
        stocks = [sum(self.shelved(one) for one in self.history.moves if one["at"] < at) for at in (start, end)]
        average = sum(stocks) / 2
        pieces, seconds = self.pieces_left(days), (min(end, self.now) - start).total_seconds()
        return (pieces / average * 365 * 86_400 / seconds if average > 0 else None), pieces, average

    def midnight(self, day):
        # Two moments of one zone are told apart by what clocks show, which is wrong when they are put back.
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def shelved(self, move):
        if not self.here(move["site_id"]):
            return 0
        more = move["qty"] if move["to_account"].startswith("bin:") else 0
        return more - (move["qty"] if move["from_account"].startswith("bin:") else 0)

    def facts(self, days):
        for op in self.history.ops:
            mine = self.here(op["site_id"]) and self.worker in ("", op["worker_id"]) and op["outcome"] != "parked"
            if mine and self.on(op["received_at"], days):
                yield op

    def picks_per_hour(self, days):
        every = [day for part in self.parts for day in self.days[part]]
        pieces, ms, last = 0, 0, {}
        facts = [op for op in self.facts(every) if op["kind"] in AT_IT]
        for op in sorted(facts, key=lambda one: (one["mono_ms"], one["op_id"])):
            run = (op["first_device"], op["boot"], op["worker_id"])
            counts = self.on(op["received_at"], days)
            if counts and run in last and op["mono_ms"] - last[run] <= 10 * 60_000:
                ms += op["mono_ms"] - last[run]
            last[run] = op["mono_ms"]
            if counts and op["kind"] in (*PICKS, *UNPICKS):
                pieces += op["body"]["qty"] if op["kind"] in PICKS else -op["body"]["qty"]
        return (pieces / (ms / 3_600_000) if ms else None), pieces, ms / 3_600_000

    def accuracy(self, days):
        picking = {job["id"] for job in self.history.jobs if job["kind"] == "pick"}
        rights = wrongs = 0
        for op in self.facts(days):
            rights += op["kind"] in PICKS
            wrongs += op["kind"] == "scan.refused" and op["body"]["job"] in picking and op["body"]["code"] in WRONG
        return share(rights, rights + wrongs)

    def shorts(self, days):
        of_part = {(one["site_id"], one["number"]): one["channel"] for one in self.history.parts}
        channels = {item["id"]: of_part[item["site_id"], item["order_no"]] for item in self.history.items}
        pieces = reports = 0
        for op in self.facts(days):
            if self.channel and channels.get(op["item"]) != self.channel:
                continue
            if op["kind"] in ("pick.short", "put.short", "pack.short"):
                pieces, reports = pieces + op["body"]["missing"], reports + 1
            elif op["kind"] == "pick.unshort":
                pieces -= op["body"]["qty"]
        return pieces, pieces, reports


def share(part, whole):
    return (part / whole if whole else None), part, whole
