"""Keys, message authentication codes and passwords."""
