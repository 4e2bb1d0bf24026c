"""What will be asked of each item at each site, how sure that is, and what stock it takes. Formulas are plain functions over arrays;
tables, runs and what the API tells are beside them."""
