"""The very commands that the image runs, in a clean folder with nothing in it but what .dockerignore admits."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import commands
from tests.deploy import image as images
from tests.deploy.image import PROJECT, Image
from tests.processes import end, held_port, wait_until
from tests.server import Answer, Server

NOT_IN_THE_IMAGE = {"benchmarks", "copper_sandbox", "scripts", "tests"}
SERVING = images.stages()[-1]


def tracked() -> set[str]:
    """The names at the top of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return {line.split("/")[0] for line in listed.splitlines()}


def test_every_package_of_ours_is_in_the_image_or_named_as_one_that_is_not():
    packages = {name for name in tracked() if (PROJECT / name / "__init__.py").exists()}
    copied = {file.relative_to(PROJECT).parts[0] for file in images.admitted()}
    assert packages - NOT_IN_THE_IMAGE <= copied, "add it to .dockerignore (!name), or to NOT_IN_THE_IMAGE here"
    assert not NOT_IN_THE_IMAGE & copied


def test_nothing_else_gets_into_the_image():
    lines = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    assert all(re.fullmatch(r"![\w.]+|\*\*/.+", line) for line in lines[1:]), (
        "only names at the top, and what is dropped"
    )
    assert all(file.relative_to(PROJECT).parts[0] in tracked() for file in images.admitted())
    assert not [file for file in images.admitted() if file.suffix in {".pyc", ".sqlite3", ".pem", ".env"}]


def test_the_image_is_labelled_and_runs_as_nobody_in_particular():
    assert SERVING.other["USER"] == f"{images.USER}:{images.USER}"
    assert "org.opencontainers.image.version" in SERVING.other["LABEL"]
    assert SERVING.run == [], "the last stage only copies, so that the test below has run every command"
    assert not re.search(r"FROM \S+:latest|FROM [\w/]+(\s|$)", (PROJECT / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Built as the Dockerfile says. Not under /tmp: the container gets one of its own."""
    python = (
        "/usr/bin/python3" if images.can_switch() and os.access("/usr/bin/python3", os.X_OK) else sys._base_executable
    )
    folder = Path(tempfile.mkdtemp(prefix="copper-tickets-image-", dir="/var/tmp"))
    folder.chmod(0o755)
    built = Image(folder)
    try:
        built.build(python)
        yield built
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def settings(image, tmp_path_factory) -> dict[str, str]:
    """As compose.yaml gives them: secrets from files. The database is SQLite in /tmp, the one place that can be written to."""
    secrets = image.tmp
    (secrets / "secret_key").write_text("long-and-random-" * 4 + "\n")
    (secrets / "copper_api_key").write_text("sk_test_X\n")
    (secrets / "database_url").write_text(f"sqlite:///{where(image)}/db.sqlite3\n")
    return image.env(
        ALLOWED_HOSTS="tickets.example.com",
        COPPER_API_KEY_FILE=f"{where(image)}/copper_api_key",
        COPPER_API_URL="http://127.0.0.1:9/v1",
        DATABASE_URL_FILE=f"{where(image)}/database_url",
        SECRET_KEY_FILE=f"{where(image)}/secret_key",
    )


def where(image: Image) -> str:
    return "/tmp" if images.can_switch() else str(image.tmp)


@pytest.fixture(scope="module")
def container(image, settings) -> Iterator[Server]:
    """The migrate step, then what CMD says, on a free port of this machine."""
    image.run(commands.in_compose("migrate"), settings)
    with held_port() as port:
        env = settings | {"PORT": str(port), "BIND": "127.0.0.1"}
        with image.started(images.exec_form(SERVING.other["CMD"]), env) as process:
            server = Server(process, port)
            wait_until(server.answers, "the image's server answers", process)
            yield server
            assert end(process) == 0, "as `docker stop` ends it"


def test_it_answers(container):
    assert container.ask("Host: 10.0.0.7:8000", path="/healthz").status == 200
    assert container.ask("Host: tickets.example.com", path="/readyz").status == 200
    page = container.ask("Host: tickets.example.com", "X-Forwarded-Proto: https", path="/login/")
    assert page.status == 200
    assert b'name="password"' in page.body
    assert len(re.findall(rb'="(/static/[^"]+)"', page.body)) > 4
    for static in re.findall(rb'="(/static/[^"]+)"', page.body):
        assert file(container, static.decode()).status == 200


def file(container: Server, path: str) -> Answer:
    return container.ask("Host: tickets.example.com", "X-Forwarded-Proto: https", path=path)


def test_its_own_health_check_says_so_and_notices_when_it_does_not_answer(container, image, settings):
    check = images.exec_form(SERVING.other["HEALTHCHECK"])
    image.run(check, settings | {"PORT": str(container.port)})
    with held_port() as nobody, pytest.raises(AssertionError, match="refused"):
        image.run(check, settings | {"PORT": str(nobody)})


EXPECTED = {"migrate": ["migrate --noinput", "create_roles"], "daily": ["prune_audit", "prune_notes", "clearsessions"]}


@pytest.mark.parametrize("name", EXPECTED)
def test_all_ways_of_running_it_do_the_same_before_a_start_and_once_a_day(name):
    assert commands.everywhere(name) == dict.fromkeys(("compose", "systemd", "kubernetes"), EXPECTED[name])


OLD = """
from datetime import timedelta
from audit.models import Event
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone
"""
MAKE_OLD = """
long_ago = timezone.now() - timedelta(days=400)
Event(at=long_ago, kind="searched").save()
Session(session_key="x" * 32, expire_date=long_ago).save()
"""
COUNT = """
print([*Event.objects.order_by("id").values_list("kind", flat=True)], Session.objects.count(), Group.objects.count())
"""


def test_the_roles_are_made_before_the_start_and_what_is_too_old_goes_once_a_day(container, image, settings):
    def shell(code: str) -> str:
        return image.run(["python", "manage.py", "shell", "--verbosity=0", "--command", OLD + code], settings)

    assert shell(MAKE_OLD + COUNT).splitlines()[-1] == "['searched'] 1 4"
    daily = commands.in_compose("daily")
    image.run([*daily[:-1], daily[-1].replace("sleep 1d", "break")], settings)
    assert shell(COUNT).splitlines()[-1] == "['audit_pruned'] 0 4"


def test_djangos_deployment_checks_find_nothing_in_it(image, settings):
    image.run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], settings)


def test_it_runs_as_another_user_who_can_write_nothing(image, settings):
    if not images.can_switch():
        pytest.skip("needs root (CI has it): to become another user and to mount the root read-only")
    source = (
        "import os, pathlib\n"
        "print(os.getuid())\n"
        "for folder in ('.', 'dashboard', '/', '/var/tmp'):\n"
        "    try: pathlib.Path(folder, 'x').touch(); print('wrote to', folder)\n"
        "    except OSError: pass\n"
    )
    assert image.run(["python", "-c", source], settings).split() == [str(images.USER)]


def test_a_wrong_setting_is_said_in_one_line_and_ends_it(image, settings):
    with pytest.raises(AssertionError, match="COPPER_API_KEY_FILE names a file that is not there") as said:
        image.run(images.exec_form(SERVING.other["CMD"]), settings | {"COPPER_API_KEY_FILE": "/run/secrets/none"})
    assert "Traceback" not in str(said.value)
