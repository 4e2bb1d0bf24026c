"""Words of the trade that every other room of the client speaks: messages, scans, views, clock. No Qt, no database, no I/O."""
