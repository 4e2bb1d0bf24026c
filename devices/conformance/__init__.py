"""Runs folders of frames and vectors, ours or a user's, against the installed codecs: `floorhand devices conformance DIR`."""
