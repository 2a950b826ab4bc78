"""What `make run` starts: host, simulated terminal and front panel, all on this machine, all ended together."""
