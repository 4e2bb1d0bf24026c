"""Planning: the shortest walk and what is picked together, as plain functions over arrays. The actions around them are in the domains."""
