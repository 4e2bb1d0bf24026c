"""Plans that a supervisor asks for: kept, thought out in a process of their own, looked at, compared, and used for a wave."""
