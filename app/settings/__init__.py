"""Room app.settings; see docs/architecture.md."""
