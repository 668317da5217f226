"""What is run beside the server itself, before each start and once a day: as compose.yaml, systemd and Kubernetes say it."""

import re

import yaml

from tests.deploy.image import PROJECT

JOBS = {"migrate": "migrate-job.yaml", "daily": "daily-cronjob.yaml"}


def in_compose(name: str) -> list[str]:
    found: list[str] = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"][name]["command"]
    return found


def everywhere(name: str) -> dict[str, list[str]]:
    """The commands of manage.py, in their order, for each way of running."""
    texts = {
        "compose": " ".join(in_compose(name)),
        "systemd": (PROJECT / "deploy" / "systemd" / f"copper-tickets-{name}.service").read_text(),
        "kubernetes": (PROJECT / "deploy" / "kubernetes" / JOBS[name]).read_text(),
    }
    return {way: re.findall(r"python manage\.py (\w+(?: --\w+)?)", text) for way, text in texts.items()}
