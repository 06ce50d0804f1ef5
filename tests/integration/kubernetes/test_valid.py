"""Every object is what the API server would take, checked against Kubernetes' and KEDA's own schemas."""

import importlib
from typing import Any

import kubernetes_validate
import pytest

from tests.integration.kubernetes.manifests import Manifest, everything, name_of

VERSIONS = ("1.33", "1.37")
"""The oldest Kubernetes that is supported here, and the newest whose schemas are at hand."""
OPERATORS = {"rabbitmq.com/v1beta1", "postgresql.cnpg.io/v1"}
"""Their schemas are not at hand; what is written for them is read by people alone."""
ALL = list(everything())
OF_KUBERNETES = [case for case in ALL if not case[1]["apiVersion"].startswith(("keda.sh/", *OPERATORS))]
OF_KEDA = [case for case in ALL if case[1]["apiVersion"].startswith("keda.sh/")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("folder", "manifest"), OF_KUBERNETES, ids=name_of)
def test_kubernetes_takes_it(folder: str, manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(("folder", "manifest"), OF_KEDA, ids=name_of)
def test_keda_takes_it(folder: str, manifest: Manifest) -> None:
    """Read into KEDA's models and written again it is the same: no field has a name that KEDA does not know."""
    model: Any = getattr(importlib.import_module("cloudcoil.models.keda.v1alpha1"), manifest["kind"])
    read = model.model_validate(manifest)
    assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == manifest


def test_a_field_that_kubernetes_does_not_know_would_be_found() -> None:
    (_, budget) = next(case for case in ALL if case[1]["kind"] == "PodDisruptionBudget")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            budget | {"spec": budget["spec"] | {"minAvaliable": 1}}, "1.37", strict=True
        )


def test_what_is_not_checked_is_known() -> None:
    unchecked = {made["kind"] for _, made in ALL if made["apiVersion"] in OPERATORS}
    assert unchecked == {"RabbitmqCluster", "Cluster", "Database"}


def test_no_object_is_there_twice() -> None:
    seen = [(folder, made["apiVersion"], made["kind"], made["metadata"]["name"]) for folder, made in ALL]
    assert len(seen) == len(set(seen))
