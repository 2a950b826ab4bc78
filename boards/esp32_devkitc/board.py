"""ESP32-DevKitC (WROOM-32) with a 128x64 Chinese display (ST7920): pins and parts, as data. See README.md."""

NAME = "esp32_devkitc"

KEYPAD = {
    "rows": (13, 14, 27, 26),
    "cols": (25, 33, 32, 4),
    "legend": (
        ("1", "2", "3", "CANCEL"),
        ("4", "5", "6", "CLEAR"),
        ("7", "8", "9", "MENU"),
        ("UP", "0", "DOWN", "ENTER"),
    ),
}

DISPLAY = {
    "chip": "st7920",
    "spi": 2,
    "sck": 18,
    "mosi": 23,
    "cs": 21,
    "reset": 22,
    "baudrate": 1000000,
    "light_dots": True,  # white on blue; False for dark dots on yellow-green: QR codes need dark on light
    "cols": 16,
    "rows": 4,
}

PRINTER = {"chip": "escpos", "uart": 2, "tx": 17, "rx": 34, "baudrate": 19200, "columns": 32}

READER = {"chip": "pn532", "uart": 1, "tx": 16, "rx": 35, "baudrate": 115200}

SCANNER = {"chip": "gm65", "uart": 1, "tx": 5, "rx": 36, "baudrate": 9600}

BATTERY = {"pin": 39, "cells": 2, "divider_kohm": (300, 100)}

BUZZER = {"pin": 19}

BACKLIGHT = {"pin": 2}
