"""Programs that run on a desktop: the simulator, the host, and one small program for each task."""
