"""The simulated terminal: fakes of `machine` and `network`, chips that decode the wire, the front panel."""
