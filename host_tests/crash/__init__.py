"""Every flash operation of every flow is a place where the power goes; see README.md."""
