"""One module a command: `run(args) -> int` does it and returns the exit status. Loaded when it is called for."""
