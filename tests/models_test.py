#!/usr/bin/env python3
"""The tables in src/protocol/generated/ are what tools/generate_models.py makes of the pinned botocore."""

import subprocess
import sys
from pathlib import Path

GENERATOR = Path(__file__).resolve().parent.parent / "tools" / "generate_models.py"

sys.exit(subprocess.run([sys.executable, str(GENERATOR), "--check"], check=False).returncode)
