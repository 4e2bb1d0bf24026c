"""Where two rooms of the client meet: each module here makes one room's part fit another room's port. Used by `app.bootstrap` only."""
