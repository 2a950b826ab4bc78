"""One file a target, or a few that are alike; catalogue.py lists them."""
