"""Returns at the desk: found while typing, decided, and what comes back most."""
