"""Customer orders and the sites that may send them, on a real PostgreSQL."""

from tests.oms.sales.conftest import shop

__all__ = ["shop"]
