"""The configuration: one table of keys, the reader, the checks, the example."""

from breakd.config.reading import ConfigError, Loaded, load, locate, stored, understood

__all__ = ["ConfigError", "Loaded", "load", "locate", "stored", "understood"]
