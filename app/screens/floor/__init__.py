"""The floor screen: the supervisor's board of devices, jobs, people, exceptions and trucks."""
