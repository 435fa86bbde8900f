"""The windows, by Tk: each runs in a process of its own, which a command starts and which ends with its window."""
