"""What `/metrics` says, in Prometheus' text form. Counters live in the process; state is read from the database at each scrape."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

#: (name, help, query of one number)
_COUNTS = (
    ("floorhand_epoch", "Time line of this server", "SELECT max(epoch) FROM meta"),
    ("floorhand_feed_head", "Newest version of the feed, over all sites", "SELECT max(ver) FROM site"),
    ("floorhand_leases_open", "Leases held by devices", "SELECT count(*) FROM lease WHERE ended_at IS NULL"),
    ("floorhand_exceptions_open", "Exceptions waiting", "SELECT count(*) FROM floor_exception WHERE state = 'open'"),
    (
        "floorhand_dead_letters",
        "Facts that could not be handled, unresolved",
        "SELECT count(*) FROM dead_letter WHERE resolved_at IS NULL",
    ),
    (
        "floorhand_background_workers",
        "Workers of background jobs that were heard of in the last half minute",
        "SELECT count(*) FROM jobs.procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'",
    ),
)
#: (name, help, query of the moment of the oldest that waits)
_AGES = (
    (
        "floorhand_jobs_open_oldest_seconds",
        "Age of the oldest job that nobody has taken",
        "SELECT min(created_at) FROM job WHERE state = 'open'",
    ),
    (
        "floorhand_exceptions_oldest_seconds",
        "Age of the oldest open exception",
        "SELECT min(created_at) FROM floor_exception WHERE state = 'open'",
    ),
    (
        "floorhand_outbox_oldest_seconds",
        "Age of the oldest message that was not sent",
        "SELECT min(created_at) FROM outbox WHERE published_at IS NULL",
    ),
    (
        "floorhand_background_oldest_seconds",
        "Age of the oldest background job that is due",
        "SELECT min(due) FROM (SELECT coalesce(j.scheduled_at, (SELECT min(e.at) FROM jobs.procrastinate_events e WHERE e.job_id = j.id))"
        " AS due FROM jobs.procrastinate_jobs j WHERE j.status = 'todo') AS waiting WHERE due <= now()",
    ),
)
_BACKGROUND = """
    SELECT task_name,
        CASE status WHEN 'todo' THEN 'queued' WHEN 'doing' THEN 'running' WHEN 'succeeded' THEN 'done' ELSE 'failed' END, count(*)
    FROM jobs.procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2
"""


class Metrics:
    """The counters of one server process. Each has its own registry, so that tests can run several servers."""

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        self.ops = Counter(
            "floorhand_ops", "Facts ingested, by what became of them", ["outcome"], registry=self._registry
        )
        self.http = Histogram(
            "floorhand_http_seconds",
            "Time to answer",
            ["method", "route", "status"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.imports = Counter("floorhand_import_lines", "Lines imported", ["kind", "result"], registry=self._registry)
        self._registry.register(_State(engine))

    def text(self) -> bytes:
        """Everything, in the text exposition format. Reads the database; call it in a thread."""
        return generate_latest(self._registry)


class _State:
    """Reads the state of queues and pool at scrape time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        """Nothing: names are known only from `collect`, and the registry must not ask the database at registration."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """One gauge per line of `_COUNTS` and `_AGES`, background jobs, and the pool. Without a database only
        `floorhand_database_up` says 0."""
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            yield GaugeMetricFamily("floorhand_db_pool_size", "Connections this process may open", value=pool.size())
            yield GaugeMetricFamily("floorhand_db_pool_in_use", "Connections in use", value=pool.checkedout())
        try:
            with self._engine.connect() as connection:
                counts = [float(connection.scalar(text(query)) or 0) for _, _, query in _COUNTS]
                oldest = [connection.scalar(text(query)) for _, _, query in _AGES]
                background = connection.execute(text(_BACKGROUND)).all()
                now = connection.scalar(text("SELECT now()"))
        except SQLAlchemyError:
            yield GaugeMetricFamily("floorhand_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("floorhand_database_up", "Whether the database answers", value=1)
        for (name, words, _), value in zip(_COUNTS, counts, strict=True):
            yield GaugeMetricFamily(name, words, value=value)
        for (name, words, _), since in zip(_AGES, oldest, strict=True):
            yield GaugeMetricFamily(name, words, value=(now - since).total_seconds() if since and now else 0.0)
        kept = GaugeMetricFamily(
            "floorhand_background_jobs",
            "Background jobs of the last days, by what they do and how far they are",
            labels=["task", "state"],
        )
        for task, state, count in background:
            kept.add_metric([task, state], float(count))
        yield kept
