"""The supervisor's floor: who works with what, who is dark, and what a supervisor does about it."""
