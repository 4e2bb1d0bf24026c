"""Promise: what may be sold of each item at each site, until when it is there, and what is kept for whom. Never more than there is."""
