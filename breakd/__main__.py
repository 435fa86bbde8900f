"""`python -m breakd`: the same as the console script."""

import sys

from breakd.cli import main

sys.exit(main())
