"""Stand-in for the ESP32's `esp32` module: what can be told without the chip."""

import gc

HEAP_DATA = 4
HEAP_EXEC = 1


def idf_heap_info(capabilities):
    """One region as (total, free, largest free block, smallest free ever)."""
    free = gc.mem_free() if hasattr(gc, "mem_free") else 0
    used = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0
    return [(free + used, free, free, free)]


def mcu_temperature():
    """Degrees Celsius."""
    return 41
