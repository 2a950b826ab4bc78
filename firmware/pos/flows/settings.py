"""Settings (设置): a menu of the table in domain/settings.py; each choice is stored at once."""

from pos.domain import operators, settings
from pos.ui import menu

# setting, right that it needs
_OFFERED = (
    ("language", "language"),
    ("print_receipts", "settings"),
    ("copies", "settings"),
    ("transaction_password", "settings"),
    ("refuse_open_wifi", "settings"),
)


async def run(terminal):
    ui = terminal.ui
    at = 0
    while True:
        names = [name for name, right in _OFFERED if operators.may(terminal.operator, right)]
        rows = [ui.t("set_" + name) for name in names]
        at = await menu.choose(ui, ui.t("settings_title"), rows, at)
        await _change(terminal, names[at])


async def _change(terminal, name):
    ui = terminal.ui
    choices = settings.choices(name)
    rows = [ui.t("set_{}_{}".format(name, value).lower()) for value in choices]
    chosen = await menu.choose(ui, ui.t("set_" + name), rows, choices.index(terminal.settings[name]))
    terminal.change_setting(name, choices[chosen])
    if name == "language" and ui.texts.language != choices[chosen]:
        await terminal.tell("no_chinese")
    else:
        await terminal.tell("saved")
