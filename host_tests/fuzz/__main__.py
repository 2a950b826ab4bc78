"""python -m host_tests.fuzz: the command; see --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # host_tests, under which the harness calls itself `fuzz`

from fuzz import command

sys.exit(command.main())
