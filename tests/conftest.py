"""What every test needs before the first of them."""

import os
import subprocess
import sys
from pathlib import Path

# The pages name static files by their hashes, as in production, so the files have to be collected first.
if "PYTEST_XDIST_WORKER" not in os.environ:
    manage = Path(__file__).parent.parent / "manage.py"
    subprocess.run([sys.executable, manage, "collectstatic", "--noinput", "--verbosity=0"], check=True)
