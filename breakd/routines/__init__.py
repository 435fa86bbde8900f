"""The exercises as data, the timeline of a routine, and what shows it."""
