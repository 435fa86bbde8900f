"""The configuration file: one table of keys feeds reader, `show`, `init` and the example."""
