"""Validate the Kubernetes manifests: ``python deploy/validate.py``; the exit status tells.

Each file is held, strictly, against the schemas of the oldest and the newest Kubernetes that
kubernetes-validate carries, and everything that the kustomization names must be there.
"""

import sys
from pathlib import Path

import kubernetes_validate
import yaml

MANIFESTS = Path(__file__).with_name("kubernetes")
OLDEST = "1.27"  # topology spread and autoscaling/v2 as they are used here


def faults(manifests: Path) -> list[str]:
    """A line for each fault of the folder's manifests."""
    kustomization = yaml.safe_load((manifests / "kustomization.yaml").read_text("utf-8"))
    listed = set(kustomization["resources"])
    there = {path.name for path in manifests.glob("*.yaml")} - {"kustomization.yaml"}
    found = [f"{name} is in the folder or in kustomization.yaml alone" for name in listed ^ there]
    for name in sorted(listed & there):
        for document in yaml.safe_load_all((manifests / name).read_text("utf-8")):
            for version in (OLDEST, kubernetes_validate.latest_version()):
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except (
                    kubernetes_validate.ValidationError,
                    kubernetes_validate.SchemaNotFoundError,
                ) as error:
                    found.append(f"{name}, Kubernetes {version}: {error}")
    return found


if __name__ == "__main__":
    broken = faults(MANIFESTS)
    print("\n".join(broken) or "the manifests are valid")
    sys.exit(bool(broken))
