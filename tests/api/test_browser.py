"""Swagger UI in a real browser: the example is executed, and nothing is asked of another host."""

import http.client
import json
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from .serving import Server, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or CHROMEDRIVER is None,
    reason="needs chromium and chromedriver, Debian's packages chromium and chromium-driver",
)

PREFIX = "/news/digest"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,1600",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), WEB_CONCURRENCY="1") as started:
        yield started


class _Stripping(BaseHTTPRequestHandler):
    """A proxy that serves another server under a prefix, and tells it nothing of that."""

    protocol_version = "HTTP/1.1"

    def forward(self) -> None:
        if not self.path.startswith(PREFIX + "/"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=30)
        try:
            upstream.request(self.command, self.path.removeprefix(PREFIX), body, dict(self.headers))
            response = upstream.getresponse()
            answer = response.read()
        finally:
            upstream.close()
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = forward  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxied(server: Server) -> Iterator[str]:
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Stripping)
    proxy.upstream = server.port
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}"
    proxy.shutdown()
    thread.join()
    proxy.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    options = Options()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(executable_path=CHROMEDRIVER))
    yield driver
    driver.quit()


def requested(browser: WebDriver) -> list[str]:
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


@pytest.mark.parametrize("behind_a_prefix", [False, True])
def test_the_example_is_executed_in_swagger_ui(server, proxied, browser, behind_a_prefix):
    root = proxied if behind_a_prefix else f"http://127.0.0.1:{server.port}"
    wait = WebDriverWait(browser, 20)

    def find(selector: str):
        return wait.until(lambda page: page.find_element(By.CSS_SELECTOR, selector))

    browser.get(f"{root}/")
    operation = "#operations-digest-makeDigest"
    find(f"{operation} .opblock-summary-control").click()
    find(f"{operation} .try-out__btn").click()
    find(f"{operation} .execute").click()
    live = f"{operation} .responses-wrapper .live-responses-table"
    status = find(f"{live} tbody .response-col_status").text
    answer = find(f"{live} tbody .response-col_description .highlight-code").text

    assert browser.current_url.startswith(f"{root}/docs/")
    assert status.startswith("200")
    assert '"summary": {' in answer
    assert "Elena Marchetti" in answer

    urls = requested(browser)
    assert f"{root}/v1/digest" in urls
    # The browser's own pages are chrome: and images in the style sheet data:.
    assert {url for url in urls if not url.startswith((f"{root}/", "chrome:", "data:"))} == set()
    assert browser.get_log("browser") == []

    if folder := os.environ.get("SCREENSHOTS"):
        shown = find(f"{operation} .opblock-section-request-body")
        browser.execute_script("arguments[0].scrollIntoView()", shown)
        browser.save_screenshot(f"{folder}/swagger-{'prefix' if behind_a_prefix else 'root'}.png")
