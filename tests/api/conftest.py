import json
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from service.api import Settings, create_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def app() -> Flask:
    return create_app(Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def contract() -> dict:
    return yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def two_articles() -> dict:
    return json.loads((ROOT / "examples" / "two-articles.json").read_text("utf-8"))
