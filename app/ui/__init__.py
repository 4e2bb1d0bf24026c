"""Room app.ui; see docs/architecture.md."""
