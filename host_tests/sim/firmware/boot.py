"""Boot file of the test firmware: as on a new board, it does nothing."""
