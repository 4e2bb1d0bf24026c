"""Packing: from tote to parcel at the station."""
