"""A headless Chromium, driven by its own protocol (Chrome DevTools Protocol) through two pipes: no driver, no port."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    # Pages are files that the tests themselves wrote, and containers often lack what the sandbox needs.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
)
_START = """
import os, sys
for end, number in ((int(sys.argv[1]), 3), (int(sys.argv[2]), 4)):
    os.dup2(end, number)
    os.close(end)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the browser, which reads its orders from file number 3 and gives its answers to number 4."""


def find_chromium() -> str | None:
    """Where the browser is; None if it is not installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class BrowserError(Exception):
    """The browser did not do what it was told."""


class Browser:
    """A running browser. Made by `browser`."""

    def __init__(self, orders: int, answers: int) -> None:
        self._orders = os.fdopen(orders, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb")
        self._left = b""
        self._number = 0
        self.events: list[tuple[str | None, str, dict[str, Any]]] = []
        """Session, name and content of what happened, in its order."""

    def order(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Has `method` done, and returns its result.

        Raises:
            BrowserError: it was refused, or the browser is gone.
        """
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._orders.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                break
            self._note(answer)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, session: str, name: str) -> None:
        """Reads on until the event `name` has come in `session`."""
        while not any(event[:2] == (session, name) for event in self.events):
            self._note(self._next())

    def close(self) -> None:
        """Ends the browser."""
        with contextlib.suppress(BrowserError, OSError):
            self.order("Browser.close")
        self._orders.close()
        self._answers.close()

    def _note(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self.events.append((message.get("sessionId"), message["method"], message["params"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            read = self._answers.read1(1 << 20)
            if not read:
                raise BrowserError("the browser has ended")
            self._left += read
        whole, self._left = self._left.split(b"\0", 1)
        message: dict[str, Any] = json.loads(whole)
        return message


@contextlib.contextmanager
def browser(chromium: str, folder: Path) -> Iterator[Browser]:
    """A browser that keeps its profile in `folder`; it is ended on leaving."""
    order_end, orders = _pipe()
    answers, answer_end = _pipe()

    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-c", _START, str(order_end), str(answer_end)),
                *(chromium, *_FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"),
            ],
            pass_fds=(order_end, answer_end),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    os.close(order_end)
    os.close(answer_end)
    found = Browser(orders, answers)
    try:
        yield found
    finally:
        found.close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, out of the way of the numbers that the browser expects."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


class Tab:
    """One page in a browser, and everything that it asked for or complained about since it was opened."""

    def __init__(self, browser: Browser, page: Path, *, width: int, height: int = 900) -> None:
        self._browser = browser
        target = browser.order("Target.createTarget", url="about:blank")["targetId"]
        self.session: str = browser.order("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self._order(f"{domain}.enable")
        self.resize(width, height)
        self.address = page.resolve().as_uri()
        self._order("Page.navigate", url=self.address)
        browser.wait(self.session, "Page.loadEventFired")

    def resize(self, width: int, height: int = 900) -> None:
        """Makes the window `width` CSS pixels wide."""
        self._order("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def look(self, *, scheme: str = "light", media: str = "screen") -> None:
        """Shows the page as in a `light` or `dark` scheme, on `screen` or in `print`."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._order("Emulation.setEmulatedMedia", media=media, features=features)

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page, awaited."""
        answer = self._order("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def picture(self) -> str:
        """The whole page as a PNG in base64."""
        return str(self._order("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def paper(self) -> str:
        """The page as a PDF in base64, of the size that its style sheet asks for."""
        return str(self._order("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    @property
    def requests(self) -> list[str]:
        """Every address that the page asked for."""
        return [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[str]:
        """Whatever stands in its console: messages, exceptions, violated policies, faults that the browser sees."""
        return [
            *(str(event["args"]) for event in self._events("Runtime.consoleAPICalled")),
            *(str(event["exceptionDetails"]) for event in self._events("Runtime.exceptionThrown")),
            *(str(event["entry"]) for event in self._events("Log.entryAdded")),
            *(str(event["issue"]) for event in self._events("Audits.issueAdded")),
        ]

    def _events(self, name: str) -> list[dict[str, Any]]:
        return [
            content for session, method, content in self._browser.events if (session, method) == (self.session, name)
        ]

    def _order(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.order(method, self.session, **parameters)
