"""What deploys the service, held against the service and against each other."""

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from service.api import Settings, create_app

from ..api.conftest import ROOT

DEPLOY = ROOT / "deploy"


def module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def gunicorn() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMETHEUS_MULTIPROC_DIR", "unused")
        for name in ("DIGEST_DRAIN_SECONDS", "WEB_CONCURRENCY", "DIGEST_MAX_CONCURRENT"):
            patch.delenv(name, raising=False)
        return module(DEPLOY / "gunicorn.conf.py", "gunicorn_conf")


@pytest.fixture(scope="module")
def pod() -> dict:
    deployment = yaml.safe_load((DEPLOY / "kubernetes" / "deployment.yaml").read_text("utf-8"))
    return deployment["spec"]["template"]["spec"]


@pytest.fixture(scope="module")
def nginx() -> str:
    return (DEPLOY / "nginx.conf").read_text("utf-8")


def test_the_manifests_are_valid_kubernetes():
    assert module(DEPLOY / "validate.py", "validate").faults(DEPLOY / "kubernetes") == []


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("deployment.yaml", "readOnlyRootFilesystem", "readOnlyRootFileSystem"),
        ("deployment.yaml", "containerPort: 8000", "containerPort: http"),
        ("autoscaler.yaml", "autoscaling/v2", "autoscaling/v9"),
        ("kustomization.yaml", "  - network.yaml\n", ""),
    ],
)
def test_a_manifest_that_is_not_valid_is_found(tmp_path, file, right, wrong):
    broken = tmp_path / "kubernetes"
    shutil.copytree(DEPLOY / "kubernetes", broken)
    text = (broken / file).read_text("utf-8")
    assert right in text
    (broken / file).write_text(text.replace(right, wrong))

    assert len(module(DEPLOY / "validate.py", "validate").faults(broken)) >= 1


def test_probes_ask_for_what_is_served(pod):
    client = create_app(Settings()).test_client()
    [container] = pod["containers"]

    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert client.get(container[probe]["httpGet"]["path"]).status_code == 200
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_a_pod_may_do_nothing_that_it_need_not(pod):
    [container] = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    user = re.search(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    context = pod["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user[1]), int(user[2]))


def test_a_pod_has_time_to_end(pod, gunicorn):
    [container] = pod["containers"]
    before_s = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    drain_s = next(int(e["value"]) for e in container["env"] if e["name"].endswith("DRAIN_SECONDS"))

    whole = before_s + drain_s + gunicorn.graceful_timeout
    assert whole < pod["terminationGracePeriodSeconds"]
    probe = container["readinessProbe"]
    assert drain_s > probe["periodSeconds"] * probe["failureThreshold"]


def test_nginx_and_the_service_agree(nginx, gunicorn):
    def number(pattern: str) -> float:
        return float(re.search(pattern, nginx)[1])

    assert number(r"client_max_body_size (\d+)m;") * 1024**2 == Settings().max_body_bytes
    assert number(r"keepalive_timeout (\d+)s;") < gunicorn.keepalive
    assert number(r"proxy_read_timeout (\d+)s;") > 2 * Settings().max_seconds


def test_compose_has_the_instances_that_nginx_asks(nginx):
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    asked = set(re.findall(r"server (digest-\d):8000", nginx))

    assert asked == {name for name in compose["services"] if name.startswith("digest-")}
    assert len(asked) == 2
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
