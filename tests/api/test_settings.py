import pytest

from service.api.settings import BadSetting, Settings, unknown


def test_from_environ_gives_defaults_where_nothing_is_set():
    assert Settings.from_environ({"DIGEST_DOCS": "", "HOME": "/"}) == Settings()


def test_from_environ_reads_every_setting():
    environ = {
        "DIGEST_MAX_BODY_BYTES": "4096",
        "DIGEST_MAX_CONCURRENT": "1",
        "DIGEST_MAX_SECONDS": "2.5",
        "DIGEST_LOG_LEVEL": "WARNING",
        "DIGEST_DOCS": "off",
        "DIGEST_API_KEYS_FILE": "/run/keys",
        "DIGEST_CORS_ORIGINS": "https://desk.example, http://127.0.0.1:3000",
        "DIGEST_RATE_LIMIT": "60/minute",
        "DIGEST_RATE_LIMIT_STORAGE": "redis://127.0.0.1",
        "DIGEST_PROXIES": "1",
        "DIGEST_TRACING": "on",
        "DIGEST_TAGGER": "spacy:en_core_web_sm",
        "DIGEST_DRAIN_SECONDS": "0.5",
        "PORT": "80",
        "WEB_CONCURRENCY": "3",
    }

    assert Settings.from_environ(environ) == Settings(
        max_body_bytes=4096,
        max_concurrent=1,
        max_seconds=2.5,
        log_level="warning",
        docs=False,
        api_keys_file="/run/keys",
        cors_origins=("https://desk.example", "http://127.0.0.1:3000"),
        rate_limit="60/minute",
        rate_limit_storage="redis://127.0.0.1",
        proxies=1,
        tracing=True,
        tagger="en_core_web_sm",
        drain_seconds=0.5,
        port=80,
        web_concurrency=3,
    )
    assert unknown(environ) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGEST_MAX_BODY_BYTES", "2MiB"),
        ("DIGEST_MAX_BODY_BYTES", "1023"),
        ("DIGEST_MAX_CONCURRENT", "0"),
        ("DIGEST_MAX_CONCURRENT", "-1"),
        ("DIGEST_MAX_CONCURRENT", "٢"),
        ("DIGEST_MAX_CONCURRENT", "9" * 5000),
        ("DIGEST_MAX_SECONDS", "0"),
        ("DIGEST_MAX_SECONDS", "1e3"),
        ("DIGEST_MAX_SECONDS", "nan"),
        ("DIGEST_LOG_LEVEL", "loud"),
        ("DIGEST_DOCS", "yes"),
        ("DIGEST_TRACING", "1"),
        ("DIGEST_PROXIES", "9"),
        ("DIGEST_TAGGER", "en_core_web_sm"),
        ("DIGEST_TAGGER", "spacy:"),
        ("DIGEST_CORS_ORIGINS", "desk.example"),
        ("DIGEST_CORS_ORIGINS", "https://desk.example/"),
        ("DIGEST_CORS_ORIGINS", "https://*.example"),
        ("DIGEST_DRAIN_SECONDS", "inf"),
        ("DIGEST_DRAIN_SECONDS", "-5"),
        ("DIGEST_DRAIN_SECONDS", "61"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "two"),
        ("PORT", "http"),
    ],
)
def test_from_environ_names_the_variable_that_it_cannot_read(name, value):
    with pytest.raises(BadSetting, match=f"^{name} must be "):
        Settings.from_environ({name: value})


def test_unknown_names_what_has_no_effect_and_what_may_have_been_meant():
    environ = {"DIGEST_MAX_CONCURENT": "3", "DIGEST_PORT": "80", "DIGEST_DOCS": "off", "HOME": "/"}

    assert unknown(environ) == [
        "DIGEST_MAX_CONCURENT is no setting and has no effect; did you mean DIGEST_MAX_CONCURRENT?",
        "DIGEST_PORT is no setting and has no effect",
    ]
