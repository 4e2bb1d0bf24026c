"""Room app.services; see docs/architecture.md."""
