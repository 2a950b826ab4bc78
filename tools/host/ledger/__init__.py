"""The books: accounts, entries whose lines sum to zero, and the proof that they do."""
