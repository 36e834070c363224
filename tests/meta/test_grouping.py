"""Tests that share what their module makes run in one process, whatever the versions in use."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="module")
def made_once() -> object:
    return object()


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="runs in one process anyway")
def test_a_module_that_makes_something_once_is_one_group(
    made_once: object, request: pytest.FixtureRequest
) -> None:
    assert request.node.nodeid.endswith("@tests/meta/test_grouping.py")
