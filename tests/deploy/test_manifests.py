"""What deploys the service, held against the service and against each other."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from service import __version__
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
        ("ingress.yaml", "pathType: Prefix", "pathtype: Prefix"),
        ("network.yaml", "operator: In", "operation: In"),
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


def test_the_image_that_is_built_is_the_one_that_is_deployed():
    kustomization = yaml.safe_load(
        (DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8")
    )
    [image] = kustomization["images"]
    built = re.search(r"docker build -t (\S+) \.", (ROOT / "README.md").read_text("utf-8"))

    assert image["name"] == "news-digest"
    assert f"{image['newName']}:{image['newTag']}" == built[1] == f"news-digest:{__version__}"


def test_kustomize_gives_the_image_and_the_way_in():
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("needs kubectl")
    rendered = subprocess.run(
        [kubectl, "kustomize", DEPLOY / "kubernetes"], capture_output=True, text=True, check=True
    )
    kinds = {each["kind"]: each for each in yaml.safe_load_all(rendered.stdout)}

    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == f"news-digest:{__version__}"
    paths = kinds["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    backends = [path["backend"]["service"] for path in paths]
    service = kinds["Service"]
    assert {each["name"] for each in backends} == {service["metadata"]["name"]}
    assert {each["port"]["name"] for each in backends} == {service["spec"]["ports"][0]["name"]}


@pytest.fixture(scope="module")
def ingress() -> dict:
    return yaml.safe_load((DEPLOY / "kubernetes" / "ingress.yaml").read_text("utf-8"))


def test_the_ingress_and_the_service_agree(ingress, nginx):
    told = {name.split("/")[1]: value for name, value in ingress["metadata"]["annotations"].items()}

    assert told["proxy-request-buffering"] == "on"
    assert int(told["proxy-body-size"].removesuffix("m")) * 1024**2 == Settings().max_body_bytes
    for name in ("read-timeout", "next-upstream", "next-upstream-tries"):
        [deployed] = re.findall(rf"proxy_{name.replace('-', '_')} ([^;]+?)s?;", nginx)
        assert told[f"proxy-{name}"] == deployed


def test_the_ingress_leads_to_all_that_is_served_but_the_inside(ingress):
    paths = ingress["spec"]["rules"][0]["http"]["paths"]

    def led(path: str) -> bool:
        return any(
            path == each["path"]
            or (each["pathType"] == "Prefix" and path.startswith(each["path"] + "/"))
            for each in paths
        )

    served = {rule.rule for rule in create_app(Settings()).url_map.iter_rules()}
    assert {path for path in served if not led(path)} == {"/healthz", "/readyz", "/metrics"}


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
