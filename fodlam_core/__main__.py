"""``python -m fodlam_core``: the same as ``fodlam-core``."""

import sys

from fodlam_core.cli import program

if __name__ == "__main__":
    sys.exit(program())
