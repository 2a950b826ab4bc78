"""All scenarios that are proved from outside, by name. `async def scenario(counter)` ends with its audit."""

from proof import (
    scenarios_code,
    scenarios_entry,
    scenarios_hold,
    scenarios_offline,
    scenarios_records,
    scenarios_refund,
    scenarios_settle,
    scenarios_void,
)

_FILES = (
    scenarios_entry,
    scenarios_void,
    scenarios_refund,
    scenarios_hold,
    scenarios_code,
    scenarios_settle,
    scenarios_records,
    scenarios_offline,
)

SCENARIOS = {name: function for file in _FILES for name, function in vars(file).items() if name in file.PROVED}
