"""CPython stand-in for MicroPython's built-in `micropython` module: what the firmware uses of it."""


def const(value):
    """The value itself; MicroPython's compiler folds it."""
    return value


def native(function):
    return function


viper = native


def schedule(function, argument):
    function(argument)


def alloc_emergency_exception_buf(size):
    pass
