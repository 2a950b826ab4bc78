"""All scenarios that are proved from outside, by name. `async def scenario(counter)` ends with its audit."""

from proof import scenarios_entry

_FILES = (scenarios_entry,)

SCENARIOS = {
    name: function
    for file in _FILES
    for name, function in vars(file).items()
    if not name.startswith("_") and getattr(function, "__module__", "") == file.__name__
}
