"""A customer's own page: balance, a code to be scanned, and paying a merchant's code."""
