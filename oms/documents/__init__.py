"""Papers: what is printed for customers, carriers, customs and the floor, as PDF."""
