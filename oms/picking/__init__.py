"""Picking: jobs, work items and what pickers report about them."""
