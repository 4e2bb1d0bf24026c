"""The order workbench: customer orders found while typing, one order's sheet and timeline, and what can be done to it."""
