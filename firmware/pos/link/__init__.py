"""To the host and back: Wi-Fi, TLS, request and answer, the reversal of what has no answer. See README.md."""
