"""The pure core: the sitting clock, the offer, work hours. Nothing here reads a clock, a file, a bus or a screen."""
