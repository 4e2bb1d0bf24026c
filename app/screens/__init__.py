"""Room app.screens; see docs/architecture.md."""
