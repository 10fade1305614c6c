"""A real browser without a window, driven over its own protocol (Chrome DevTools Protocol)."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
)  # fmt: skip
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


def find() -> str | None:
    return shutil.which("chromium")


@contextlib.contextmanager
def browsing(profile: Path) -> Iterator[Page]:
    program = find()
    assert program is not None
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            with connect(_page_address(process), max_size=None) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Network", "Log"):
                    page.send(f"{domain}.enable")
                yield page
        finally:
            process.kill()


def _page_address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        found = re.search(r"ws://([^/]+)/", line)
        if found:
            # What it writes later is read away, or it would wait for a reader.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            with urlopen(f"http://{found[1]}/json/list", timeout=10) as answer:
                return str(next(one for one in json.load(answer) if one["type"] == "page")["webSocketDebuggerUrl"])
    raise AssertionError(f"the browser did not start: {''.join(seen)}")


@dataclass
class Page:
    socket: ClientConnection
    problems: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=60))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: Any) -> None:
        match message["method"], message["params"]:
            case "Runtime.exceptionThrown", said:
                self.problems.append(said["exceptionDetails"]["exception"].get("description", "exception"))
            case "Log.entryAdded", {"entry": {"level": "error" | "warning", "text": text}}:
                self.problems.append(text)
            case "Runtime.consoleAPICalled", {"type": "error" | "warning" | "assert"} as said:
                self.problems.append(str(said["args"]))
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                self.requested.append(url)
            case _:
                pass

    def open(self, address: str) -> None:
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, expression: str) -> Any:
        said = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def until(self, expression: str) -> None:
        waiting = f"""new Promise((done, failed) => {{
            const end = Date.now() + 20000;
            const look = () => ({expression}) ? done(true) : Date.now() > end ? failed(new Error("waited in vain")) : setTimeout(look, 20);
            look();
        }})"""
        for _ in range(50):  # a navigation ends the promise of the page before
            said = self.send("Runtime.evaluate", expression=waiting, returnByValue=True, awaitPromise=True)
            if "exceptionDetails" not in said and said["result"].get("value") is True:
                return
        raise AssertionError(f"never true: {expression}")

    def text(self, selector: str) -> str:
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def count(self, selector: str) -> int:
        return int(self.run(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def go(self, hash_: str) -> None:
        self.run(f"location.hash = {json.dumps(hash_)}")
        self.until(f"location.hash === {json.dumps(hash_)}")
        self.run("new Promise((done) => setTimeout(done, 50))")

    def press(self, key: str) -> None:
        known = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "text": "\r" if key == "Enter" else ""}
        self.send("Input.dispatchKeyEvent", type="keyDown", **known)
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def type(self, text: str) -> None:
        self.send("Input.insertText", text=text)

    def resize(self, width: int, height: int, *, dark: bool = False) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
