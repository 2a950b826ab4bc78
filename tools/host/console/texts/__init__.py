"""Every word of the console in both languages. A key that one of them lacks fails a test."""

from tools.host.console.texts import en, zh

LANGUAGES = {"en": "English", "zh": "中文"}
TEXTS = {"en": en.TEXTS, "zh": zh.TEXTS}
CODES = {"en": en.CODES, "zh": zh.CODES}


def chosen(accept_language):
    """Language of a visitor who has not chosen: Chinese when the browser asks for it first."""
    return "zh" if (accept_language or "").strip().lower().startswith("zh") else "en"
