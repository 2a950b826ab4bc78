"""Settings (设置, R5): a menu of the table in domain/settings.py; each choice is stored at once."""

from pos import texts
from pos.domain import settings
from pos.ui import menu

# What is set up in a conversation of its own: flow, text, right.
_CONVERSATIONS = (
    ("wifi_setup", "set_wifi", "network"),
    ("host_setup", "set_host", "network"),
)


async def run(terminal):
    """Stays until CANCEL or the idle time."""
    ui = terminal.ui
    names = [name for name in _names() if terminal.may(settings.right(name))]
    others = [(flow, key) for flow, key, right in _CONVERSATIONS if terminal.may(right)]
    at = 0
    while True:
        rows = [ui.t("set_" + name) for name in names] + [ui.t(key) for _flow, key in others]
        at = await menu.choose(ui, ui.t("settings_title"), rows, at)
        if at < len(names):
            await _change(terminal, names[at])
        else:
            await terminal.enter(others[at - len(names)][0])


def _names():
    """Those that are chosen from a menu; texts and the port belong to a conversation."""
    return [row[0] for row in settings.TABLE if row[4] != "network"]


async def _change(terminal, name):
    ui = terminal.ui
    choices = settings.choices(name)
    rows = [_value(ui, name, value) for value in choices]
    chosen = await menu.choose(ui, ui.t("set_" + name), rows, choices.index(terminal.settings[name]))
    terminal.change_setting(name, choices[chosen])
    terminal.audit("setting", name=name, value=choices[chosen])
    if name == "language" and ui.texts.language != choices[chosen]:
        await terminal.tell("no_chinese")
    else:
        await terminal.tell("saved")


def _value(ui, name, value):
    """A value in words; a number as it is; a language by its own name where the display can draw it."""
    if type(value) is int:
        return str(value)
    key = "set_{}_{}".format(name, value).lower()
    if name == "language" and ui.screen.wide:
        return texts.load(value).t(key)
    return ui.t(key)
