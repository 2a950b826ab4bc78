"""Transactions as slips, and slips onto paper."""
