"""``python -m fodlam_core``: the same as ``fodlam-core``."""

import sys

from fodlam_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
