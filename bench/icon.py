"""What the tray's icon costs to draw, in all the sizes that a host is given.

    python bench/icon.py

Prints CPU milliseconds: for each state when it begins, and for a step of the ring, at most one a minute.
"""

import time
from collections.abc import Iterable

from breakd.adapters import icon


def cost_ms(looks: Iterable[icon.Look]) -> float:
    """Draw each look once; return the mean."""
    looks = list(looks)
    began = time.process_time()
    for look in looks:
        for size in icon.SIZES:
            icon.draw(look, size)
    return (time.process_time() - began) * 1000 / len(looks)


def main() -> None:
    for state in reversed(icon.STATES):  # `sitting` last, so that its ring moves next
        print(f"{state:8} {cost_ms([icon.Look(state, 0)]):5.1f} ms")
    print(f"{'a step':8} {cost_ms(icon.Look('sitting', n + 1) for n in range(icon.STEPS)):5.1f} ms")


if __name__ == "__main__":
    main()
