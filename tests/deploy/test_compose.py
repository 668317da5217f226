"""compose.yaml: Docker Compose itself reads it (its client needs no engine), and the promises of docs/deploy.md hold."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import serving
from tests.processes import PATIENCE
from tests.run_folder import PROJECT

GRACE = 30  # seconds; WEB_GRACEFUL_SECONDS
OURS = {"migrate", "daily", "web"}
SERVICES = {*OURS, "proxy", "database", "cache"}


def compose(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "docker-compose"), "--file", "compose.yaml", *arguments]
    kept = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COMPOSE_DISABLE_ENV_FILE": "true"}
    return subprocess.run(command, cwd=PROJECT, env=kept | env, capture_output=True, text=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def model() -> dict[str, dict[str, dict[str, object]]]:
    """The file as Compose understands it."""
    done = compose("config", "--format=json")
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout)
    return found


def test_compose_reads_it_without_a_word(model):
    assert compose("config", "--quiet").stderr == ""
    assert set(model["services"]) == SERVICES


def test_compose_refuses_what_it_does_not_know(tmp_path):
    """The check above would notice a misspelt key."""
    text = (PROJECT / "compose.yaml").read_text().replace("stop_grace_period", "stop_grace_perod", 1)
    (tmp_path / "compose.yaml").write_text(text)
    assert compose("--file", str(tmp_path / "compose.yaml"), "config", "--quiet").returncode != 0


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_container_may_do_as_little_as_possible(model, name):
    service = model["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[\w/-]+:[\w.-]+", service["image"])
    assert not service["image"].endswith(":latest")
    assert name in OURS or service["user"] not in {"0", "root", ""}, "the image's own user is nobody"
    assert name == "migrate" or service["deploy"]["resources"]["limits"]["memory"]


def test_no_secret_stands_in_it_and_each_is_a_file(model):
    assert {name for name in model["services"]["web"]["environment"] if name.endswith("_FILE")} == {
        "COPPER_API_KEY_FILE",
        "DATABASE_URL_FILE",
        "SECRET_KEY_FILE",
    }
    for service in model["services"].values():
        given = service.get("environment") or {}
        assert not {"COPPER_API_KEY", "DATABASE_URL", "SECRET_KEY", "POSTGRES_PASSWORD"} & set(given)
        files = {value.removeprefix("/run/secrets/") for name, value in given.items() if name.endswith("_FILE")}
        assert files <= {secret["source"] for secret in service.get("secrets") or ()}
    assert all("/secrets/" in secret["file"] for secret in model["secrets"].values())
    assert "/secrets/" in (PROJECT / ".gitignore").read_text()


def test_things_start_in_their_order(model):
    def waits(name: str) -> dict[str, str]:
        return {on: what["condition"] for on, what in model["services"][name]["depends_on"].items()}

    assert waits("migrate") == {"database": "service_healthy"}
    assert waits("web") == {"migrate": "service_completed_successfully", "cache": "service_healthy"}
    assert waits("proxy") == {"web": "service_healthy"}
    assert waits("daily") == {"migrate": "service_completed_successfully"}
    assert model["services"]["web"]["deploy"]["replicas"] == 2


def test_what_is_done_once_a_day_goes_on_after_a_failure_and_stops_when_it_is_told(model):
    daily = model["services"]["daily"]
    assert daily["command"][-1].startswith("while :; do ")
    assert daily["command"][-1].endswith("; sleep 1d; done")
    assert daily["init"] is True, "else the shell is the first process, which ignores SIGTERM"
    assert daily["restart"] == "unless-stopped"


def test_any_other_setting_can_stand_in_a_file_that_is_not_in_git(model, tmp_path):
    assert "\n/settings.env\n" in (PROJECT / ".gitignore").read_text()
    (tmp_path / "settings.env").write_text("OIDC_SCOPES=openid email groups\n")
    done = compose("--project-directory", str(tmp_path), "config", "--format=json")
    for name in OURS:
        assert "OIDC_SCOPES" not in model["services"][name]["environment"]
        assert json.loads(done.stdout)["services"][name]["environment"]["OIDC_SCOPES"] == "openid email groups"


def test_a_stop_waits_for_what_is_being_sent(model):
    assert model["services"]["web"]["stop_grace_period"] == "45s"
    assert serving.GRACEFUL_SECONDS == GRACE
    unit = (PROJECT / "deploy" / "systemd" / "copper-tickets.service").read_text()
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > GRACE
    deployment = (PROJECT / "deploy" / "kubernetes" / "deployment.yaml").read_text()
    assert int(re.search(r"terminationGracePeriodSeconds: (\d+)", deployment)[1]) > GRACE + 5


def test_the_one_trusted_proxy_is_the_proxy_and_only_it_is_reached_from_outside(model):
    services = model["services"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == services["proxy"]["networks"]["front"]["ipv4_address"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert model["networks"]["inside"]["internal"] is True
    assert set(services["database"]["networks"]) == set(services["cache"]["networks"]) == {"inside"}


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: `apt install openssl`")


@pytest.fixture
def script(tmp_path) -> Path:
    """Where it may make secrets."""
    copy = tmp_path / "deploy" / "compose" / "make-secrets.sh"
    copy.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "deploy" / "compose" / "make-secrets.sh", copy)
    return copy


@needs_openssl
@pytest.mark.parametrize(("given", "kept"), [("sk_test_X", "sk_test_X\n"), ("", None)])
def test_a_key_without_a_line_end_is_taken_and_none_is_said(tmp_path, script, given, kept):
    done = subprocess.run([script], input=given, capture_output=True, text=True)
    key = tmp_path / "secrets" / "copper_api_key"
    assert (key.read_text() if key.exists() else None) == kept
    assert (done.returncode, "No key given" in done.stderr) == ((0, False) if kept else (1, True))


@needs_openssl
def test_the_secrets_are_made_by_one_command_which_leaves_alone_what_is_there(tmp_path, script):
    def make() -> dict[str, str]:
        done = subprocess.run([script, "tickets.example.com"], input="sk_test_X\n", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "sk_test_X" not in done.stdout + done.stderr
        return {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}

    made = make()
    assert set(made) == set(json.loads(compose("config", "--format=json").stdout)["secrets"])
    assert made["database_password"].strip() in made["database_url"]
    assert len(made["secret_key"].strip()) >= 50
    assert made["copper_api_key"] == "sk_test_X\n"
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert make() == made
