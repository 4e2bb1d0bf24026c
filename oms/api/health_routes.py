"""Health, readiness and metrics: for load balancers, systemd and Prometheus. Open to all; they tell no business data."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from oms.bootstrap import Oms
from oms.db import schema


@get("/healthz", summary="Whether the process lives", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Answers as long as the process can answer at all; asks nobody."""
    return {"status": "ok"}


@get("/readyz", summary="Whether work can be sent here", sync_to_thread=True)
def readyz(oms: NamedDependency[Oms]) -> Response[dict[str, str]]:
    """200 when the database answers, has this program's schema, and the time line is confirmed; else 503 and why."""
    why = _not_ready(oms)
    return Response({"status": why or "ready"}, status_code=503 if why else 200)


@get("/metrics", summary="Figures for Prometheus", media_type="text/plain; version=0.0.4", sync_to_thread=True)
def metrics(oms: NamedDependency[Oms]) -> bytes:
    """Prometheus' text format."""
    return oms.metrics.text()


def _not_ready(oms: Oms) -> str | None:
    try:
        with oms.engine.connect() as connection:
            here, wanted = schema.current(connection)
            if here != wanted:
                return f"schema is {here}, not {wanted}"
            confirmed = connection.scalar(text("SELECT epoch_confirmed FROM meta"))
    except SQLAlchemyError:
        return "database away"
    return None if confirmed else "epoch not confirmed"


ROUTES: list[HTTPRouteHandler] = [healthz, readyz, metrics]
