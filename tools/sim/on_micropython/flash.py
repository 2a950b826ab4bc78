"""Reads and changes a flash image from outside: `micropython flash.py IMAGE HOST_FOLDER`, run by tools/sim/flash.py.

HOST_FOLDER/job.json: {"read": [paths], "list": bool, "write": {path: file in HOST_FOLDER}, "remove": [paths]}.
What was read goes to HOST_FOLDER/N in the order asked for, the rest of the answer to HOST_FOLDER/answer.json.
"""

import json
import os
import sys

import vfs
from blockdevice import FileFlash

_DIRECTORY = 0x4000
_CHUNK_BYTES = 4096


def _copy(source, target):
    buffer = bytearray(_CHUNK_BYTES)
    with open(source, "rb") as reader, open(target, "wb") as writer:
        while True:
            n = reader.readinto(buffer)
            if not n:
                return
            writer.write(memoryview(buffer)[:n])


def _make_folders(path):
    at = path.find("/", 1)
    while at > 0:
        try:
            os.mkdir(path[:at])
        except OSError:
            pass  # it is there
        at = path.find("/", at + 1)


def _remove(path):
    try:
        os.remove(path)
        while path.count("/") > 1:
            path = path.rpartition("/")[0]
            os.rmdir(path)
    except OSError:
        pass  # gone already, or a folder that still holds something


def _tree(folder, found):
    for entry in os.ilistdir(folder or "/"):  # a mount point's has no size
        path = folder + "/" + entry[0]
        if path == "/host":
            continue
        if entry[1] == _DIRECTORY:
            _tree(path, found)
        else:
            found[path] = entry[3]
    return found


def _mount(image, folder):
    flash, host = FileFlash(image), vfs.VfsPosix(folder)
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(flash), "/")
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
    vfs.mount(host, "/host")


def main(image, folder):
    _mount(image, folder)
    with open("/host/job.json") as file:
        job = json.load(file)
    answer = {"missing": []}
    for path in job.get("remove", ()):
        _remove(path)
    for path, name in job.get("write", {}).items():
        _make_folders(path)
        _copy("/host/" + name, path)
    for number, path in enumerate(job.get("read", ())):
        try:
            _copy(path, "/host/" + str(number))
        except OSError:
            answer["missing"].append(path)
    if job.get("list"):
        answer["files"] = _tree("", {})
    with open("/host/answer.json", "w") as file:
        json.dump(answer, file)


main(sys.argv[1], sys.argv[2])
