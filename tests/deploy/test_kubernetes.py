"""The manifests: valid by the schemas of Kubernetes, and each container as restricted as the platform can make it."""

import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.deploy import image

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSION = "1.34"
FILES = sorted(file.name for file in FOLDER.glob("*.yaml") if file.name != "kustomization.yaml")
WORKLOADS = ["deployment.yaml", "migrate-job.yaml", "daily-cronjob.yaml"]


def load(name: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((FOLDER / name).read_text())
    return found


def pod(name: str) -> dict[str, object]:
    spec = load(name)["spec"]
    return spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", FILES)
def test_a_manifest_is_valid_and_has_no_property_that_kubernetes_does_not_know(name):
    kubernetes_validate.validate(load(name), VERSION, strict=True)


def test_the_check_above_would_notice():
    wrong = load("deployment.yaml")
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_all_but_the_secret_and_the_job_are_applied_together():
    assert set(load("kustomization.yaml")["resources"]) == set(FILES) - {"secret.example.yaml", "migrate-job.yaml"}


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_passes_the_restricted_security_standard_with_a_root_it_cannot_write(name):
    spec = pod(name)
    assert spec["automountServiceAccountToken"] is False
    security = spec["securityContext"]
    assert (security["runAsNonRoot"], security["runAsUser"]) == (True, image.USER)
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/run/secrets/copper-tickets", "/tmp"}


def test_all_run_the_same_image_with_the_same_settings():
    site, job, daily = (pod(name)["containers"][0] for name in WORKLOADS)
    assert site["envFrom"] == job["envFrom"] == daily["envFrom"]
    (named,) = load("kustomization.yaml")["images"]
    assert job["image"] == f"{named['newName']}:{named['newTag']}"
    assert site["image"] == daily["image"] == named["name"]


def test_what_is_done_once_a_day_is_not_done_twice_at_once_nor_for_ever():
    spec = load("daily-cronjob.yaml")["spec"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", spec["schedule"])
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"]


def test_the_probes_ask_what_is_there_under_a_name_that_is_answered():
    (container,) = pod("deployment.yaml")["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    ready = container["readinessProbe"]["httpGet"]
    assert ready["path"] == "/readyz"
    assert ready["httpHeaders"] == [{"name": "Host", "value": load("configmap.yaml")["data"]["ALLOWED_HOSTS"]}]
    port = image.stages()[-1].env["PORT"]
    assert [str(port_["containerPort"]) for port_ in container["ports"]] == [port]


def test_the_settings_name_the_files_that_the_secret_holds():
    settings, secret = load("configmap.yaml")["data"], load("secret.example.yaml")["stringData"]
    files = {value.rpartition("/")[2] for name, value in settings.items() if name.endswith("_FILE")}
    assert files == set(secret)
    assert not {"SECRET_KEY", "COPPER_API_KEY", "DATABASE_URL"} & set(settings)


def test_selectors_find_the_pods():
    labels = load("deployment.yaml")["spec"]["template"]["metadata"]["labels"]
    for name in ("deployment.yaml", "poddisruptionbudget.yaml"):
        assert load(name)["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert load("service.yaml")["spec"]["selector"].items() <= labels.items()
    assert load("networkpolicy.yaml")["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def test_one_host_name_stands_in_all_of_them():
    texts = {name: (FOLDER / name).read_text() for name in FILES}
    hosts = {host for text in texts.values() for host in re.findall(r"[a-z]+\.example\.com", text)}
    assert hosts == {"tickets.example.com", "registry.example.com"}
