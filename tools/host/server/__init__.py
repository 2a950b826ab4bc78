"""The network side: TLS connections, and the one thread that talks to the switch."""
