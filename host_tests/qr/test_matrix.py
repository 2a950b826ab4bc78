"""The encoder on both interpreters: published codewords, a whole small code, sizes and limits.

That the modules are right for every version is proven beside two foreign encoders and two readers in
host_tests/against/test_qr_modules.py.
"""

import dual
from pos.qr import codewords, matrix

# "HELLO WORLD" at level M, as every tutorial on QR codes works it out.
HELLO_DATA = (32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17)
HELLO_CORRECTION = (196, 35, 39, 119, 235, 215, 231, 226, 93, 23)
HELLO = (
    "#######...#.#.#######",
    "#.....#.###...#.....#",
    "#.###.#...#.#.#.###.#",
    "#.###.#...#.#.#.###.#",
    "#.###.#.#.###.#.###.#",
    "#.....#..###..#.....#",
    "#######.#.#.#.#######",
    ".....................",
    "#.#.#.#..#..#...#..#.",
    ".####...#..#....#...#",
    "...#######.#..#.##...",
    "####.#.##..###.#.###.",
    ".#..####.#.#..###.#.#",
    "........#.#...#...#.#",
    "#######.....#..#.##..",
    "#.....#..##...##.#...",
    "#.###.#.##..#.#######",
    "#.###.#...##.#.#...#.",
    "#.###.#.####.###.#..#",
    "#.....#....###...#.##",
    "#######.##.#.###....#",
)


def test_published_codewords():
    version, words = codewords.make(b"HELLO WORLD", codewords.M)
    assert version == 1
    assert tuple(words) == HELLO_DATA + HELLO_CORRECTION


def test_a_whole_code():
    rows = matrix.encode(b"HELLO WORLD", matrix.M)
    assert tuple(["".join([".#"[module] for module in row]) for row in rows]) == HELLO


def test_the_smallest_version_that_fits():
    """The most characters of each version, from the standard's table 7: level L then M, mixed text then capitals."""
    most = (
        (17, 14, 25, 20),
        (32, 26, 47, 38),
        (53, 42, 77, 61),
        (78, 62, 114, 90),
        (106, 84, 154, 122),
        (134, 106, 195, 154),
        (154, 122, 224, 178),
        (192, 152, 279, 221),
        (230, 180, 335, 262),
        (271, 213, 395, 311),
    )
    for number, counts in enumerate(most):
        for level in (codewords.L, codewords.M):
            for text, count in ((b"a", counts[level]), (b"A", counts[2 + level])):
                assert codewords.make(text * count, level)[0] == number + 1
                if number < 9:
                    assert codewords.make(text * (count + 1), level)[0] == number + 2
                else:
                    dual.raises(ValueError, codewords.make, text * (count + 1), level)
