"""From SQLite to PostgreSQL by the commands of docs/deploy.md, as they stand there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.audit.conftest import postgres_url  # noqa: F401 - fixture
from tests.processes import PATIENCE
from tests.run_folder import PROJECT
from tests.server import environment, migrate

FILL = """
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from audit.models import Event
from tickets_app.models import LocationClock, Note, Preference, SavedView
ana = User.objects.create_user("ümit", password="trombone lake")
ana.groups.add(Group.objects.get(name="admin"))
Group.objects.get(name="viewer").permissions.clear()
browser = SessionStore()
browser.create()
view = SavedView.objects.create(user=ana, name="Mine", query="limit=5", shared=True)
SavedView.objects.create(session_id=browser.session_key, name="Its own", query="limit=6")
Preference.objects.create(user=ana, zone="Europe/Vienna", default_view=view)
LocationClock.objects.create(location="loc_a", zone="Europe/Vienna", turns_over=4)
Note.objects.create(live=False, ticket="tkt_1", user=ana, author="ümit", at=timezone.now(), text="“é”", folded="“é”")
for number in range(3):
    Event(at=timezone.now(), kind="ticket_viewed", user_id=ana.pk, user_name="ümit", facts={"number": number}).save()
"""
LOOK = """
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.utils import timezone
from audit.models import Event
from tickets_app.models import LocationClock, Note, Preference, SavedView
ana = User.objects.get(username="ümit")
print(ana.check_password("trombone lake"), ana.has_perm("tickets_app.administer"), ana.has_perm("audit.view_event"))
print(Group.objects.get(name="viewer").permissions.count(), Group.objects.count(), Session.objects.count())
print(*SavedView.objects.values_list("name", flat=True), Preference.objects.get().default_view, Preference.objects.get().zone)
print(LocationClock.objects.get().zone, Note.objects.get().text, Note.objects.get().user == ana)
Event(at=timezone.now(), kind="ticket_viewed", facts={"number": "next"}).save()
print([event.facts["number"] for event in Event.objects.all()], connection.vendor)
try:
    connection.cursor().execute("DELETE FROM audit_event")
except DatabaseError as error:
    print(str(error).splitlines()[0])
"""


def commands() -> list[list[str]]:
    told = (PROJECT / "docs" / "deploy.md").read_text().split("**From SQLite to PostgreSQL.**")[1].split("\n**")[0]
    return [shlex.split(line) for line in re.findall(r"^    python (manage\.py .+)$", told, re.MULTILINE)]


def manage(env: dict[str, str], folder: Path, *command: str, **more: str) -> str:
    program = [sys.executable, str(PROJECT / command[0]), *command[1:]]
    done = subprocess.run(program, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_there_is_comes_along(tmp_path, postgres_url):  # noqa: F811 - the fixture
    before = environment(tmp_path)
    migrate(before)
    manage(before, tmp_path, "manage.py", "create_roles")
    manage(before, tmp_path, "manage.py", "shell", "--verbosity=0", input=FILL)
    dump, *others = commands()
    assert [command[1] for command in (dump, *others)] == ["dumpdata", "migrate", "loaddata", "create_roles"]
    manage(before, tmp_path, *dump)
    after = environment(tmp_path, DATABASE_URL=postgres_url)
    for command in others:
        manage(after, tmp_path, *command)
    assert manage(after, tmp_path, "manage.py", "shell", "--verbosity=0", input=LOOK).splitlines() == [
        "True True True",
        "0 4 1",
        "Its own Mine Mine Europe/Vienna",
        "Europe/Vienna “é” True",
        "['next', 2, 1, 0] postgresql",
        "audit events are append-only",
    ]
