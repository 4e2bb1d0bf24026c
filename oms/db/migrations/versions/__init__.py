"""One file per step of the schema, in order; never changed once released."""
