"""Goods that come back: boxes are opened, judged, put away."""
