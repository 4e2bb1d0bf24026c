"""Room app.store; see docs/architecture.md."""
