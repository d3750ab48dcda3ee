"""How far tensorrt_llm.LLM(...) got, which does not tell it itself."""

import os

SHARE_MAX = 0.99


def progress(checkpoint_bytes, begun_bytes):
    """An estimate: what this process and its descendants have read since, of the checkpoint."""
    read = read_bytes() - begun_bytes
    return min(SHARE_MAX, read / max(1, checkpoint_bytes))


def read_bytes():
    """Bytes that this process and its descendants, the ranks among them, have read."""
    parents = _parents()
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(map(_read_by, family))


def _parents():
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                    parents[int(name)] = int(stat.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue  # it has just ended
    return parents


def _read_by(pid):
    try:
        with open(f"/proc/{pid}/io", encoding="utf-8") as counters:
            values = dict(line.split(": ") for line in counters)
    except (OSError, ValueError):
        return 0
    return max(int(values["rchar"]), int(values["read_bytes"]))  # by read(), or by mmap()
