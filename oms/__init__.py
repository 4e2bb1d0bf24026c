"""The central OMS: authoritative, an own process on its own PostgreSQL, deployable alone. Shares only `sync.contract` with devices."""
