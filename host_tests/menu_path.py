"""Where an entry is in the terminal's menus, for whoever presses keys."""

from pos import loading


def groups():
    """{text key of an entry: text key of the group that it is in}; "" for the main menu itself."""
    import sys

    loaded = "pos.flows.menu" in sys.modules
    from pos.flows import menu

    found = {}
    for row in menu._MAIN:
        if len(row) > 2:
            found[row[1]] = ""
        else:
            for entry in row[1]:
                found[entry[1]] = row[0]
    if not loaded:
        loading.forget("pos.flows.menu")
    return found


def group_of(t, entry):
    """Text of the group that has an entry whose text contains `entry`, None when it is in the main menu. t: key ->
    text. AssertionError when there is no such entry, or more than one."""
    table = groups()
    keys = [key for key in table if t(key) == entry] or [key for key in table if entry in t(key)]
    assert len(keys) == 1, (entry, keys)
    return t(table[keys[0]]) if table[keys[0]] else None
