"""The HTTP face of the OMS: routes parse, call an action or a query, and answer with codes."""
