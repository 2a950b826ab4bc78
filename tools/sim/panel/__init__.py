"""The front panel: the simulated terminal as a page to touch and as a JSON API."""
