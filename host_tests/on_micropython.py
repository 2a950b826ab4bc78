"""Runs the tests of one file under MicroPython: `micropython on_micropython.py FILE FOLDER...`.

The folders go on the path. Prints one line a test, which the pytest plug-in of conftest.py reads:
`ok NAME` or `fail NAME` followed by the traceback and a line with a single dot.
"""

import gc
import sys

sys.path[:] = sys.argv[2:] + [p for p in sys.path if p.startswith(".")]


def main(path):
    folder, _, name = path.rpartition("/")
    sys.path.insert(0, folder)
    module = __import__(name[:-3])
    for test in sorted(n for n in dir(module) if n.startswith("test_")):
        gc.collect()
        try:
            getattr(module, test)()
        except Exception as error:
            print("fail", test)
            sys.print_exception(error)
            print(".")
        else:
            print("ok", test)


main(sys.argv[1])
