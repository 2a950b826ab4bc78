"""Runs targets side by side, each in a process of its own, and sums up what they did."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from fuzz import catalogue, child, places

END_S = 60  # a target that is not ready or not done by then is stuck
SECONDS_MIN = 2
# From the first thousands of inputs, that fill caches and pools, to the last one. (The most that there may be in all is
# child.RSS_MB_MAX.)
GROWTH_MB_MAX = 150
_STATUS = re.compile(r"#(\d+)\s+\w+.*?cov: (\d+).*?corp: (\d+)")
_MEMORY = re.compile(r"rss: (\d+)Mb")
_UNITS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


class Work:
    """One target's process, followed line by line."""

    def __init__(self, name, seconds, asked, scratch):
        self.name, self.seconds = name, seconds
        self.executions = self.coverage = self.corpus = 0
        self.findings = []
        self.memory_mb = []
        self._tail = []
        command = [sys.executable, "-m", "host_tests.fuzz", "--child", name, "-T", str(round(seconds))]
        command += ["--work", str(asked.work), "--seed", str(asked.seed), "--root", str(asked.root)]
        command += ["--firmware", str(asked.firmware)] if asked.firmware else []
        command += [f"--{flag}" for flag in ("first", "no-corpus") if getattr(asked, flag.replace("-", "_"))]
        self.process = subprocess.Popen(
            command,
            cwd=places.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | {"TMPDIR": str(scratch)},
        )
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    def _follow(self):
        for line in self.process.stdout:
            self._take(line.rstrip())

    def _take(self, line):
        if line.startswith(child.FINDING):
            finding = json.loads(line[len(child.FINDING) :])
            self.findings.append(finding)
            _say(f"{self.name}: FOUND after {finding['after_s']} s, {finding['executions']:,} executions")
            _say(f"    {finding['name']}\n    again: {_again(finding['file'])}")
            return
        status, units = _STATUS.match(line), _UNITS.match(line)
        if status:
            self.executions = int(status[1])
            self.coverage, self.corpus = int(status[2]), int(status[3])
            used = _MEMORY.search(line)
            if used and "INITED" not in line:
                self.memory_mb.append(int(used[1]))
        elif units:
            self.executions = max(self.executions, int(units[1]))
        elif not line.startswith(("INFO:", "stat::", "Done ")):
            self._tail = [*self._tail, line][-25:]

    def wait(self, asked):
        """Until it has ended; what it died of is a finding, too."""
        try:
            code = self.process.wait(self.seconds + END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join(10)
        if not self.executions and not self.findings:
            self.findings.append({"name": "nothing was executed", "file": "", "trace": "\n".join(self._tail)})
        grown_mb = self.memory_mb[-1] - self.memory_mb[0] if self.memory_mb else 0
        if grown_mb > GROWTH_MB_MAX:
            trace = f"{self.memory_mb[0]} MB at first, {self.memory_mb[-1]} MB at the end"
            self.findings.append({"name": f"it grew by {grown_mb} MB", "file": "", "trace": trace})
        if code and code != 130:
            left = sorted((asked.work / "findings").glob(f"{self.name}-*"), key=lambda path: path.stat().st_mtime)
            kinds = ("-timeout-", "-oom-", "-crash-")
            left = [path for path in left if any(kind in path.name for kind in kinds)]
            tail = "\n".join(self._tail)
            found = {"name": f"the process ended with {code}", "file": str(left[-1]) if left else "", "trace": tail}
            self.findings.append(found)
            _say(f"{self.name}: FOUND: the process ended with {code}\n{tail}")


def run(asked, names):
    """All targets, asked.jobs at a time; prints the table, returns the exit status."""
    begin_s = time.monotonic()
    jobs = max(1, min(asked.jobs, len(names)))
    rounds = -(-len(names) // jobs)
    seconds = max(SECONDS_MIN, asked.seconds / rounds)
    asked.work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(asked.work / "findings", ignore_errors=True)
    (asked.work / "findings").mkdir()
    memory = Path("/dev/shm")
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
    waiting, running, done = list(names), [], []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_start(waiting.pop(0), seconds, asked, scratch))
            ended = [work for work in running if _over(work)]
            for work in ended:
                work.wait(asked)
                running.remove(work)
                done.append(work)
                _say(_line(work))
            time.sleep(0.1)
    finally:
        for work in running:
            work.process.terminate()
            work.process.wait(END_S)
        shutil.rmtree(scratch, ignore_errors=True)
    done.sort(key=lambda work: names.index(work.name))
    return _sum_up(done, time.monotonic() - begin_s)


def _start(name, seconds, asked, scratch):
    (asked.work / "corpus" / name).mkdir(parents=True, exist_ok=True)
    _say(f"{name}: {catalogue.TARGETS[name].about}, {seconds:.0f} s")
    work = Work(name, seconds, asked, scratch)
    work.end_s = time.monotonic() + seconds + END_S
    return work


def _over(work):
    return work.process.poll() is not None or time.monotonic() > work.end_s


def _line(work):
    sizes = f"corpus {work.corpus:>5,}  coverage {work.coverage:>6,}"
    return f"{work.name:<14} {work.executions:>12,} executions  {sizes}  findings {len(work.findings)}"


def _sum_up(done, took_s):
    for work in done:
        print(_line(work))
    for work in done:
        for finding in work.findings:
            print(f"{work.name}: {finding['name']}")
            print("    " + finding["trace"].strip().replace("\n", "\n    "))
            if finding["file"]:
                print(f"  again: {_again(finding['file'])}")
    executions, findings = sum(work.executions for work in done), sum(len(work.findings) for work in done)
    print(f"fuzz: {executions:,} executions over {len(done)} targets, {findings} findings, {took_s:.0f} s")
    return 1 if findings else 0


def _again(file):
    shown = Path(file)
    shown = shown.relative_to(places.ROOT) if shown.is_relative_to(places.ROOT) else shown
    return f".venv/bin/python -m host_tests.fuzz --repeat {shown}"


def _say(text):
    print(text, file=sys.stderr, flush=True)
