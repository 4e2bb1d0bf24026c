"""How the floor is walked: its crossings and paths, the order of a job's stops, and what walking and picking take here."""
