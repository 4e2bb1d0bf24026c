"""The books: what orders, goods and money come to in double entry, what the stock is worth, and what an accountant loads."""
