"""One target in a process of its own, under libFuzzer: mutate, run, note what must not be."""

import gc
import hashlib
import json
import os
import random
import sys
import time
import traceback
from pathlib import Path

from fuzz import catalogue
from fuzz.property import limited, name_of, outcome

RSS_MB_MAX = 768
# By the clock, for an input that sleeps or blocks; one that computes is ended sooner, see property.py.
WALL_S_MAX = 25
FINDINGS_MAX = 40  # of one target in one run
FINDING, READY = "finding ", "ready "


def _watch(packages):
    """Instruments these packages, now and whenever one of their modules is imported later."""
    from atheris.import_hook import AtherisMetaPathFinder

    class Finder(AtherisMetaPathFinder):
        def find_spec(self, fullname, path, target=None):
            if any(fullname == package or fullname.startswith(package + ".") for package in packages):
                return super().find_spec(fullname, path, target)
            return None

    sys.meta_path.insert(0, Finder(set(), set(), False, True))


class Runner:
    """Runs inputs of one target and writes down those that break something; each kind of break once."""

    def __init__(self, target, name, folder, first_only):
        self.target = target
        self.name = name
        self.folder = Path(folder)
        self.first_only = first_only
        self.seen = set()
        self.count = 0
        self.begin_s = time.monotonic()

    def one(self, data):
        self.count += 1
        error = outcome(limited, self.target.run, data)
        if error is not None:
            self._note(error, data)

    def _note(self, error, data):
        name = name_of(error)
        if name in self.seen or len(self.seen) >= FINDINGS_MAX:
            return
        self.seen.add(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.name}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
        path.write_bytes(data)
        told = {"name": name, "file": str(path), "after_s": round(time.monotonic() - self.begin_s, 1)}
        told |= {"executions": self.count, "trace": "".join(traceback.format_exception(error))[-3000:]}
        print(FINDING + json.dumps(told), flush=True)
        if self.first_only:
            # libFuzzer knows no other way to end early.
            print(f"stat::number_of_executed_units: {self.count}", flush=True)
            os._exit(0)


def run(name, seconds, corpus_folders, findings, first_only, seed):
    """Fuzzes until the time is up; libFuzzer then ends the process. The first folder takes new inputs."""
    import atheris

    _watch(catalogue.TARGETS[name].watched)
    target = catalogue.make(name)
    runner = Runner(target, name, findings, first_only)
    arguments = [
        *(name, f"-max_total_time={seconds}", f"-max_len={target.BYTES_MAX}", f"-rss_limit_mb={RSS_MB_MAX}"),
        *(f"-timeout={WALL_S_MAX}", "-print_final_stats=1", f"-artifact_prefix={findings}/{name}-", "-len_control=20"),
        f"-seed={seed}",
    ]
    tokens = getattr(target, "TOKENS", ())
    if tokens:
        path = Path(corpus_folders[0]).parent / f"{name}.dict"
        path.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n' for token in tokens))
        arguments.append(f"-dict={path}")
    more = {}
    if hasattr(target, "mutate"):

        def mutate(data, size_max, mutation_seed):
            chance = random.Random(mutation_seed)
            if chance.random() < target.PLAIN_SHARE:
                return atheris.Mutate(data, size_max)
            return target.mutate(bytes(data), size_max, chance)[:size_max]

        more["custom_mutator"] = mutate
    gc.freeze()  # the firmware collects garbage where it drops code; it need not look through all of this each time
    print(READY + name, flush=True)
    runner.begin_s = time.monotonic()
    atheris.Setup([*arguments, *map(str, corpus_folders)], runner.one, **more)
    atheris.Fuzz()
