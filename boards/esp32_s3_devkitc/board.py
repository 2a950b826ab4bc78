"""ESP32-S3-DevKitC-1 with a 20x4 character display (HD44780 over PCF8574): pins and parts, as data. See README.md."""

NAME = "esp32_s3_devkitc"

KEYPAD = {
    "rows": (4, 5, 6, 7),
    "cols": (10, 11, 12, 13),
    "legend": (
        ("1", "2", "3", "CANCEL"),
        ("4", "5", "6", "CLEAR"),
        ("7", "8", "9", "MENU"),
        ("UP", "0", "DOWN", "ENTER"),
    ),
}

DISPLAY = {
    "chip": "hd44780",
    "i2c": 0,
    "sda": 8,
    "scl": 9,
    "freq": 400000,
    "address": 0x27,
    "cols": 20,
    "rows": 4,
}

PRINTER = {"chip": "escpos", "uart": 2, "tx": 17, "rx": 18, "baudrate": 19200, "columns": 32}

READER = {"chip": "pn532", "uart": 1, "tx": 15, "rx": 16, "baudrate": 115200}

SCANNER = {"chip": "gm65", "uart": 1, "tx": 21, "rx": 14, "baudrate": 9600}

BATTERY = {"pin": 1, "cells": 2, "divider_kohm": (300, 100)}

BUZZER = {"pin": 47}

BACKLIGHT = {"pin": 42}
