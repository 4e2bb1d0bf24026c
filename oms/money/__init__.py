"""Money: what orders cost and what is due of them, prices, promo codes, tax, payments through a port, business customers, invoices."""
