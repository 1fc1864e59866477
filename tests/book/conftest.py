"""A learner's folder with a few answers, made once; and one headless Chromium, spoken to through two pipes.

The browser is told what to do by the DevTools protocol: no driver, no port, no network. Where none is installed, the
tests that want one are skipped.
"""

import base64
import json
import os
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from minidgm.cli import main


@pytest.fixture(scope="session")
def answered(tmp_path_factory):
    """Exercise 07 is right, 16 wrong, 01 no Python, 12 half done; no results of their own."""
    work = tmp_path_factory.mktemp("book") / "work"
    assert main(["start", str(work)]) == 0
    exercises, solutions = work / "exercises", work / "solutions"

    def answer(stem: str, *changes: tuple[str, str]) -> None:
        text = (solutions / f"{stem}.py").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (exercises / f"{stem}.py").write_text(text, encoding="utf-8")

    answer("ex07_coupling")
    answer("ex16_flow_dequantizer", ("-0.5 * eps**2", "0.5 * eps**2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        main(["check", "7", "16"])
    (exercises / "ex01_stable.py").write_text("def logsumexp(", encoding="utf-8")
    return work


@pytest.fixture
def folder(answered, tmp_path, monkeypatch):
    """A copy of it, which is the working directory."""
    work = tmp_path / "work"
    shutil.copytree(answered, work)
    monkeypatch.chdir(work)
    return work


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """The browser, one for all tests of a module."""
    if BROWSER is None:
        pytest.skip("no Chromium here; Debian's package is chromium")
    with Chromium(tmp_path_factory.mktemp("profile")) as chromium:
        yield chromium


NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None) if os.name == "posix" else None
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
         "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip
QUIET = 60  # seconds without an answer


class Chromium:
    """A browser with one tab. `events` holds what it said unasked: requests, messages on the console."""

    def __init__(self, profile: Path):
        import fcntl  # not on Windows, where no browser is started

        into, out = os.pipe(), os.pipe()
        child = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (into[0], out[1])]  # far from 3 and 4, their places

        def places():
            os.dup2(child[0], 3)
            os.dup2(child[1], 4)

        command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=(3, 4), preexec_fn=places, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        for fd in (into[0], out[1], *child):
            os.close(fd)
        self.write, self.read = into[1], out[0]
        self.rest, self.count, self.session, self.events = bytearray(), 0, "", []
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.send("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.write)
        os.close(self.read)

    def send(self, method: str, **parameters):
        """Call one method and wait for its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def receive(self) -> dict:
        """The next message."""
        looked = 0
        while (end := self.rest.find(b"\0", looked)) < 0:
            looked = len(self.rest)
            ready = select.select([self.read], [], [], QUIET)[0]
            chunk = os.read(self.read, 1 << 20) if ready else b""
            assert chunk, "the browser does not answer"
            self.rest += chunk
        message = bytes(self.rest[:end])
        del self.rest[: end + 1]
        return json.loads(message)

    def show(self, page: Path, width: int = 1400, height: int = 1000, dark: bool = False, media: str = "") -> None:
        """Open a page of the disk in a window of this size, in light or dark, as on a screen or on paper."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media=media, features=features)
        self.events.clear()
        self.send("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def look(self, script: str):
        """The value of a JavaScript expression on the page; a promise is waited for."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def said(self) -> list[str]:
        """What the console said: messages, errors, and scripts that failed."""
        unasked = [event for event in self.events if event.get("method", "").startswith(("Log.entry", "Runtime.exc"))]
        return [str(e["params"]) for e in unasked] + [
            str(e["params"]) for e in self.events if e.get("method") == "Runtime.consoleAPICalled"
        ]

    def asked_for(self) -> list[str]:
        """The addresses that the page has asked for, but those inside the page itself."""
        sent = [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith("data:")]

    def pdf(self) -> bytes:
        """The page as it is printed, on A4."""
        printed = self.send("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        return base64.b64decode(printed["data"])

    def picture(self, path: Path, whole: bool = False, top: int = 0, height: int = 1000) -> None:
        """A screenshot, for people to look at: of the window, or of the page from `top` on."""
        width = self.look("innerWidth")
        more = {"clip": {"x": 0, "y": top, "width": width, "height": height, "scale": 1}} if whole else {}
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=whole, **more)
        path.write_bytes(base64.b64decode(shot["data"]))
