"""breakd: a break reminder for people who sit at a computer."""

__version__ = "0.1.0"
