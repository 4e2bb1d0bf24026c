"""The supervisor's screen of plans: what a plan of a wave is worth, its tours on the floor, its rehearsal, and the rescue of a wave."""
