"""Feeds everything that reads bytes from outside with bytes that nobody meant. Exit status 1 after a finding.

python -m host_tests.fuzz -T 600                  all targets, on both cores, for ten minutes together
python -m host_tests.fuzz -T 30 codec answers     only these
python -m host_tests.fuzz --repeat FILE           one input again, with its traceback
python -m host_tests.fuzz --seeds                 the inputs made from the product's own messages, into the corpus
python -m host_tests.fuzz --keep                  what the last runs found new, minimised, into the corpus
python -m host_tests.fuzz --root DIR -T 30 codec  the same harness on a changed copy (--firmware: its firmware alone)
"""

import argparse
import sys
from pathlib import Path

from fuzz import places

SECONDS = 60


def main():
    parser = argparse.ArgumentParser(
        prog="python -m host_tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", help="names of targets; all of them when none is named")
    parser.add_argument("-T", "--seconds", type=float, default=SECONDS, help=f"for all targets together ({SECONDS})")
    parser.add_argument("-j", "--jobs", type=int, default=2, metavar="N", help="targets at once (2)")
    parser.add_argument(
        "--root", type=Path, default=places.ROOT, metavar="DIR", help="the tree whose firmware and tools are tested"
    )
    parser.add_argument("--firmware", type=Path, metavar="DIR", help="another firmware folder than ROOT/firmware")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (1)")
    parser.add_argument("--first", action="store_true", help="a target ends with its first finding")
    parser.add_argument("--no-corpus", action="store_true", help="without the inputs that are kept")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="run one input and show what comes out")
    parser.add_argument("--seeds", action="store_true", help="make the seeds anew")
    parser.add_argument("--keep", action="store_true", help="take new inputs over into the corpus")
    parser.add_argument("--list", action="store_true", help="show the targets")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, default=places.WORK, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    places.use(asked.root, asked.firmware)
    from fuzz import catalogue

    unknown = [name for name in asked.targets if name not in catalogue.TARGETS]
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(catalogue.TARGETS)}")
    return _do(asked, catalogue)


def _do(asked, catalogue):
    names = asked.targets or list(catalogue.TARGETS)
    if asked.list:
        for name in names:
            print(f"{name:<14} {catalogue.TARGETS[name].about}")
        return 0
    if asked.child:
        from fuzz import child

        folders = [asked.work / "corpus" / names[0]]
        if not asked.no_corpus and (places.CORPUS / names[0]).is_dir():
            folders.append(places.CORPUS / names[0])
        child.run(names[0], round(asked.seconds), folders, asked.work / "findings", asked.first, asked.seed)
        return 0
    if asked.repeat:
        from fuzz import replay

        return replay.repeat(asked.repeat, asked.targets)
    if asked.seeds or asked.keep:
        from fuzz import keeping

        return keeping.seeds(names) if asked.seeds else keeping.keep(names, asked.work)
    from fuzz import parent

    try:
        return parent.run(asked, names)
    except KeyboardInterrupt:
        print("fuzz: stopped", file=sys.stderr)
        return 130
