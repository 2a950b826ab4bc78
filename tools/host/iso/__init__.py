"""The wire: frame, field table, messages and parameter items. Knows no database and no rules."""
