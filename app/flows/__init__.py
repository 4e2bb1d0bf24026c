"""Room app.flows; see docs/architecture.md."""
