"""Many at once: 32 who ask for work, sixteen that send the same ops, two hundred back from a dead spot or after a restore.

python -m tools.soak crowds -- --jobs 200000 --ops 1000 --devices 200 --each 500
"""

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from threading import Event
from uuid import uuid4

import httpx2
import msgspec
from sqlalchemy import text

from sync.client.http import pinned_context
from sync.contract.facts import ScanRefused
from sync.contract.wire import ClaimRequest, PushReply
from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._raw_log import RawLog
from tools.soak._replicas import Replica, replicas
from tools.soak._storm import bearer
from tools.soak._warehouse import Warehouse

#: table -> what differs from the first row of it in the n-th copy.
_COPIES = {
    "sales_order": "'number', 'B-' || n",
    "order_line": "'order_no', 'B-' || n",
    "job": "'id', 'j' || n",
    "work_item": "'id', 'w' || n, 'job_id', 'j' || n, 'order_no', 'B-' || n",
}
_FIRST = {"sales_order": "number = 'B-0'", "order_line": "order_no = 'B-0'", "work_item": "order_no = 'B-0'"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What 32 claimers got: jobs given, jobs given twice, and how long an answer took."""

    given: int
    twice: int
    seconds: float
    times_ms: list[float]


def bulk_jobs(house: Warehouse, count: int) -> None:
    """That many open pick jobs of one line each: one is made as people make it, the others are copies of its rows."""
    first = house.order("B-0", ("TEA", 1))
    with house.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        for table, words in _COPIES.items():
            # The names come from the table above, the rest is bound.
            copied = f"""INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({words}))).*
                FROM {table} t, generate_series(1, :most) n WHERE {_FIRST.get(table, "t.id = :job")}"""
            db.execute(text(copied), {"most": count - 1} | ({} if table in _FIRST else {"job": first}))
        db.execute(text("ANALYZE"))


def claims(house: Warehouse, claimers: int, most: int) -> Claims:
    """`claimers` devices that ask side by side, each for `most` jobs in all, one at a time."""

    def work(_: int) -> tuple[list[str], list[float]]:
        jobs: list[str] = []
        times: list[float] = []
        empty = 0
        while len(jobs) < most:
            # Three jobs is all that one device may hold.
            device = RawLog(house).known()
            for _ in range(min(3, most - len(jobs))):
                began = time.perf_counter()
                leases = device.claim()
                times.append((time.perf_counter() - began) * 1000)
                # In a crowd a claim may go away empty although there is work; then it is asked again, as a device does.
                empty = 0 if leases else empty + 1
                if empty == 10:
                    return jobs, times
                jobs += {lease.job for lease in leases}
        return jobs, times

    began = time.perf_counter()
    with ThreadPoolExecutor(claimers) as pool:
        done = list(pool.map(work, range(claimers)))
    given = [job for jobs, _ in done for job in jobs]
    return Claims(
        len(given), len(given) - len(set(given)), time.perf_counter() - began, [t for _, ts in done for t in ts]
    )


def same_ops(house: Warehouse, ops: int, connections: int = 16) -> tuple[int, int, int]:
    """The same ops sent over `connections` at once, twenty a push: (new effects, answers, answers that differ from the others)."""
    log = RawLog(house).known()
    fresh = answers = odd = 0
    with ThreadPoolExecutor(connections) as pool:
        for first in range(1, ops + 1, 20):
            for n in range(20):
                log.add(ScanRefused(job=None, text=f"{first + n}", code="unknown_code"))
            request = log.request(first, 20)
            replies = list(pool.map(lambda _, r=request: log.push(r), range(connections)))
            fresh += sum(not result.duplicate for reply in replies for result in reply.results)
            said = [[(r.seq, r.op_id, r.outcome, r.ver) for r in reply.results] for reply in replies]
            answers += sum(len(one) for one in said)
            odd += sum(one != said[0] or len(one) != 20 for one in said)
    return fresh, answers, odd


@dataclass(frozen=True, slots=True)
class Storm:
    """A reconnect storm: seconds until all is acknowledged, and a healthy device's claims before and in it."""

    acked: int
    seconds: float
    idle_p99_ms: float
    storm_p99_ms: float


class Line:
    """A device on a connection of its own."""

    def __init__(self, house: Warehouse, at: Replica) -> None:
        self._log = RawLog(house).known()
        headers = {"authorization": f"Bearer {bearer(house, self._log.id)}", "content-type": "application/json"}
        self._http = httpx2.Client(
            base_url=f"https://127.0.0.1:{at.port}",
            verify=pinned_context(at.spki),
            trust_env=False,
            timeout=60,
            headers=headers,
        )

    @property
    def device(self) -> str:
        """Its id."""
        return self._log.id

    def write(self, ops: int) -> None:
        """Facts that nobody has heard of."""
        for n in range(ops):
            self._log.add(ScanRefused(job=None, text=f"{n}", code="unknown_code"))

    def push_all(self) -> int:
        """Sends them, page by page; how many were acknowledged."""
        acked = 0
        while self._log.acked < len(self._log.ops):
            body = msgspec.json.encode(self._log.request(self._log.acked + 1))
            reply = msgspec.json.decode(self._post("/v1/sync/push", body), type=PushReply)
            self._log.acked = reply.last_seq
            acked += len(reply.results)
        return acked

    def claim_times(self, count: int, over: Callable[[], bool]) -> list[float]:
        """How long answers to `count` claims took, in ms; until it is over."""
        body = msgspec.json.encode(ClaimRequest(claim_id="", want=1, kinds=["pick"], capacity=3, job="no such job"))
        times: list[float] = []
        while not over() and len(times) < count:
            began = time.perf_counter()
            self._post("/v1/work/claim", body.replace(b'"claim_id":""', b'"claim_id":"%b"' % uuid4().hex.encode()))
            times.append((time.perf_counter() - began) * 1000)
        return times

    def _post(self, path: str, body: bytes) -> bytes:
        answer = self._http.post(path, content=body)
        answer.raise_for_status()
        return answer.content

    def close(self) -> None:
        """Hangs up."""
        self._http.close()


def storm(house: Warehouse, devices: int, each: int) -> Storm:
    """`devices` with `each` ops come back at once to a server process, while one that was never away goes on asking for work."""
    over = Event()
    with replicas(house.oms.engine.url, 1) as [at], ThreadPoolExecutor(devices + 1) as pool:
        healthy, *lines = [Line(house, at) for _ in range(devices + 1)]
        for line in lines:
            line.write(each)
        # The first ones pay for a server that has just started.
        healthy.claim_times(100, lambda: False)
        idle = healthy.claim_times(300, lambda: False)
        beside = pool.submit(healthy.claim_times, 100_000, over.is_set)
        began = time.perf_counter()
        acked = sum(pool.map(Line.push_all, lines))
        seconds = time.perf_counter() - began
        over.set()
        busy = beside.result()
        for line in (healthy, *lines):
            line.close()
    return Storm(acked, seconds, _p99(idle), _p99(busy))


def restored(centre: Centre, devices: int, each: int, lanes: int = 12) -> tuple[int, float]:
    """The server is set back to before `devices` sent `each` ops that it acknowledged; they bring them again, as clients do: (ops back,
    seconds). What is not equal to what was acknowledged raises."""
    house = centre.house
    logs = [RawLog(house).known() for _ in range(devices)]
    centre.back_up()
    with ThreadPoolExecutor(lanes) as pool:
        for log in logs:
            for n in range(each):
                log.add(ScanRefused(job=None, text=f"{n}", code="unknown_code"))
        acked = {r.op_id for results in pool.map(RawLog.push_all, logs) for r in results}
        centre.restore()
        began = time.perf_counter()
        back = {r.op_id for results in pool.map(lambda log: log.again(centre.epoch), logs) for r in results}
        seconds = time.perf_counter() - began
    assert back == acked <= set(house.outcomes())
    return len(back), seconds


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else max(times, default=0.0)


def main(arguments: Sequence[str]) -> list[Figure]:
    """The figures of all three."""
    parser = argparse.ArgumentParser(prog="crowds")
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--claims", type=int, default=300, help="by each of 32")
    parser.add_argument("--ops", type=int, default=1000)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--each", type=int, default=500)
    parser.add_argument("--restored", type=int, default=100, help="acknowledged ops of each device before the restore")
    got = parser.parse_args(list(arguments))
    with own_database() as url:
        centre = Centre(url)
        bulk_jobs(centre.house, got.jobs)
        asked = claims(centre.house, 32, got.claims)
        fresh, answers, odd = same_ops(centre.house, got.ops)
        back = storm(centre.house, got.devices, got.each)
        centre.house.check()
        returned, seconds = restored(centre, got.devices, got.restored)
        centre.house.check()
        centre.close()
    return [
        Figure("F9 32 claimers: jobs given", asked.given, ""),
        Figure("F9 32 claimers: jobs given twice", asked.twice, "", limit=0),
        Figure("F9 32 claimers: claims a second", asked.given / asked.seconds, "1/s"),
        Figure("F9 32 claimers: answer, p50", median(asked.times_ms), "ms"),
        Figure("F9 32 claimers: answer, p99", _p99(asked.times_ms), "ms"),
        Figure("F10 same op sixteen times: effects beyond one each", fresh - got.ops, "", limit=0),
        Figure("F10 same op sixteen times: equal answers", answers, ""),
        Figure("F10 same op sixteen times: odd answers", odd, "", limit=0),
        Figure("F24 reconnect storm: ops acknowledged", back.acked, ""),
        Figure("F24 reconnect storm: until all are", back.seconds, "s", limit=60),
        Figure("F24 reconnect storm: claim p99 against idle", back.storm_p99_ms / back.idle_p99_ms, "x", limit=4),
        Figure("F12 server restored: acknowledged ops back", returned, ""),
        Figure("F12 server restored: until all are", seconds, "s", limit=300),
    ]
