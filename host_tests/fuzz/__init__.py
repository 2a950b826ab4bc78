"""Fuzzing: input from outside, mutated by coverage, against what must hold whatever comes. See README.md."""
