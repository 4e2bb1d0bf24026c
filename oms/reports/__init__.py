"""Figures of a period: what they mean, how they are reckoned, and the papers that show them."""
