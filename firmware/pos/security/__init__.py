"""Keys and secrets: CMAC, key blocks, PIN records, comparison in constant time."""
