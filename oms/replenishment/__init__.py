"""Replenishment: how much to order, and when, so that what is sold is there. Formulas are plain functions, tables are beside them."""
