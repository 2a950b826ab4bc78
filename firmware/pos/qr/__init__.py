"""QR codes: text as a square of modules, and the text that a merchant's code holds."""
