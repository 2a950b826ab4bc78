"""The host: an ISO 8583 server over TLS with a double-entry ledger and the first pages of the merchant platform."""
