"""Orders to suppliers at the desk: approved, sent, confirmed; and the items somebody should look at."""
