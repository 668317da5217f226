"""What the server does before its first page."""

import json
import subprocess
import sys

from tests.run_folder import PROJECT

WHAT_IS_COMPILED = """
import json
import dashboard.wsgi
from django.template import engines

jinja = engines["jinja2"].env
print(json.dumps(sorted(template.name for template in jinja.cache.values())))
"""


def test_all_fragments_are_compiled_so_that_nobodys_first_page_waits_for_it(tmp_path):
    """Workers have them from the process that starts them."""
    done = subprocess.run(
        [sys.executable, "-c", WHAT_IS_COMPILED],
        cwd=PROJECT,
        env={
            "PATH": "/usr/bin:/bin",
            "ENV_FILE": "/dev/null",
            "SECRET_KEY": "of this test alone",
            "COPPER_API_KEY": "sk_test_X",
            "ALLOWED_HOSTS": "tickets.example.com",
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    templates = PROJECT / "templates"
    assert json.loads(done.stdout) == sorted(str(one.relative_to(templates)) for one in templates.rglob("*.jinja"))
