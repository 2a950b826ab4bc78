"""`python -m tools.sim`: the simulated terminal and its front panel alone, for a host that runs already."""

import sys

from tools.run.__main__ import main

sys.exit(main([*sys.argv[1:], "--no-host"]))
