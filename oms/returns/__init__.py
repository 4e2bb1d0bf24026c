"""What customers send back: asked for, allowed, received at any site, judged, and paid back or exchanged."""
