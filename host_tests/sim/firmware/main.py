"""A firmware that runs the script a test has deployed, and prints its errors on the printer."""

import asyncio
import sys

import machine
import script

try:
    asyncio.run(script.main())
except Exception as error:
    if hasattr(sys, "print_exception"):
        sys.print_exception(error)
    machine.UART(2, 19200).write((repr(error) + "\n").encode())
    raise
