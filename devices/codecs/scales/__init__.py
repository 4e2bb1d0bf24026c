"""One module per scale dialect, each with `parse(frame)` and the table of its commands."""
