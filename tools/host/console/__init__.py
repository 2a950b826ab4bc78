"""The merchant platform's first pages."""
