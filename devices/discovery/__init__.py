"""Finding devices: each source looks in one place, the finder merges what they see. Nothing here writes to a device unasked."""
