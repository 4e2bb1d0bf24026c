"""Sales: what customers ordered, from capture to the last parcel, whichever sites send it. A site's own part is in `oms.orders`."""
