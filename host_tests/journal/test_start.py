"""A start and a walk with a full batch: read once, no more with more records at start, in little memory."""

import gc
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import dual
import power_cut
from books import book, traces, trade
from pos.journal import files, history
from pos.journal.journal import SEGMENT_BYTES, Journal

SLOW = True
BATCH = 500
ERASE_BLOCK_BYTES = 4096
# On 64 bits: all that is allocated, garbage included (most of it the names in the folder), and what stays.
ALLOCATED_BYTES_MAX = 96 * 1024
KEPT_BYTES_MAX = 8 * 1024


class Counted:
    """Within `with`: how many bytes are read of the journal's files."""

    def __enter__(self):
        self.bytes = 0
        self._real = files.read, files.read_into, files.read_end, files.first_line, files.lines
        read, read_into, read_end, first_line, lines = self._real

        def counted_lines(path):
            for raw in lines(path):
                self.bytes += len(raw)
                yield raw

        files.read = lambda path: self._data(read(path))
        files.first_line = lambda path: self._data(first_line(path))
        files.lines = counted_lines
        files.read_into = lambda path, at, buffer: self._count(read_into(path, at, buffer))
        files.read_end = lambda path, buffer: self._end(read_end(path, buffer))
        return self

    def __exit__(self, *_):
        files.read, files.read_into, files.read_end, files.first_line, files.lines = self._real

    def _data(self, data):
        self.bytes += len(data)
        return data

    def _count(self, count):
        self.bytes += count
        return count

    def _end(self, end):
        self.bytes += end[1]
        return end


def sold(count):
    journal = book(SEGMENT_BYTES, limit=8)
    for number in range(count):
        trade(journal, amount_minor=number + 1)
    return journal


def started(journal):
    """(the journal after a start, bytes read, bytes of heap allocated, and of these still in use)"""
    made = Journal(journal.folder)
    made.recover()  # what it imports is not counted
    gc.collect()
    allocated = kept = 0
    with Counted() as counted:
        if dual.MICROPYTHON:
            gc.disable()
            allocated = gc.mem_alloc()
        report = made.recover()
        if dual.MICROPYTHON:
            kept = gc.mem_alloc() - allocated
            gc.enable()
            gc.collect()
            allocated, kept = kept, gc.mem_alloc() - allocated
    assert (report["lost"], report["bad_bytes"], report["problem"]) == (0, 0, "")
    assert made.state == journal.state
    return made, counted.bytes, allocated, kept


def test_a_start_reads_one_segment_and_the_tail_however_many_records_there_are():
    for count in (5, 60, BATCH):
        journal = sold(count)
        made, read, allocated, kept = started(journal)
        assert read <= 2 * ERASE_BLOCK_BYTES, (count, read)
        assert allocated <= ALLOCATED_BYTES_MAX and kept <= KEPT_BYTES_MAX, (count, allocated, kept)
        assert made.state["count"] == count
        power_cut.forget()


def test_a_walk_over_all_reads_each_byte_a_few_times_at_most():
    journal = sold(BATCH)
    size = sum([files.size(journal.folder + "/" + name) for name in files.names(journal.folder)])
    with Counted() as counted:
        assert traces(history.newest_first(journal)) == list(range(BATCH, 0, -1))
    assert counted.bytes <= 4 * size, (counted.bytes, size)
    with Counted() as counted:
        assert traces(history.oldest_first(journal, 7)) == list(range(1, BATCH + 1))
    assert counted.bytes <= 8 * size, (counted.bytes, size)


def test_every_segment_fits_an_erase_block_and_every_small_file_its_folder():
    journal = sold(100)
    for name in files.names(journal.folder):
        assert files.size(journal.folder + "/" + name) <= (ERASE_BLOCK_BYTES if name.endswith(".log") else 128), name
