"""OPA as a child process: for the command line, the demo, tests, and a controller without a sidecar."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from weighbridge.engine.authorization import write_authorization
from weighbridge.engine.bundles import ENTRYPOINT, Bundle
from weighbridge.engine.interface import Answered
from weighbridge.engine.opa import SECONDS, OpaSidecar
from weighbridge.errors import BadPolicies, EngineError, WeighbridgeError

BUNDLE, AUTHZ, SOCKET = "bundle.tar.gz", "authz.tar.gz", "opa.sock"
START_SECONDS = 20.0
SOCKET_BYTES = 103
"""The shortest limit any system has for the path of a socket."""
_POLL_SECONDS = 0.02
_BACKOFF_SECONDS = (0.05, 0.2, 0.5, 1.0, 2.0)
_STOP_SECONDS = 3.0
_SAID_BYTES = 64 << 10

_PLACE = re.compile(r"(?P<file>[^\s:]+\.(?:rego|json)):(?P<line>\d+): (?:rego_\w+: )?(?P<why>[^\n]+)")
_LAUNCHER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Asks the kernel to end OPA when the thread that started it ends (PR_SET_PDEATHSIG = 1), however that comes about."""


def tool_folder() -> Path | None:
    """
    Return where `make tools` puts programs.

    `$WEIGHBRIDGE_TOOLS`, else the newest folder of the user cache; `None` when nothing was built.
    """
    named = os.environ.get("WEIGHBRIDGE_TOOLS")
    if named:
        return Path(named)
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "weighbridge" / "tools"
        folders = [folder for folder in cache.iterdir() if folder.is_dir()]
        return max(folders, key=lambda folder: folder.stat().st_mtime, default=None)
    except (OSError, RuntimeError):
        return None


def find_opa() -> Path | None:
    """
    Return the `opa` of this machine: `$WEIGHBRIDGE_OPA`, the tool folder, PATH.

    Raises `EngineError` for a variable that names none.
    """
    named = os.environ.get("WEIGHBRIDGE_OPA")
    if named:
        if not os.access(named, os.X_OK) or Path(named).is_dir():
            raise EngineError(f"WEIGHBRIDGE_OPA={named}: not a program. Fix: name the opa binary, or unset it")
        return Path(named).absolute()
    folder = tool_folder()
    if folder is not None and os.access(folder / "opa", os.X_OK):
        return (folder / "opa").absolute()
    on_path = shutil.which("opa")
    return Path(on_path).absolute() if on_path else None


def opa_arguments(socket: str, folder: str) -> tuple[str, ...]:
    """
    Return the arguments of `opa` for a child process and for the sidecar of the chart alike.

    `folder` holds what `write_bundles` writes. OPA watches it: a new bundle is served at once,
    a broken one is not and the last good one stays. It must be there before OPA starts.
    """
    return (
        "run",
        "--server",
        f"--addr=unix://{socket}",
        "--unix-socket-perm=0660",
        "--authorization=basic",
        "--skip-version-check",
        "--optimize-store-for-read-speed",
        "--log-level=error",
        "--log-format=json",
        "--shutdown-grace-period=2",
        "--watch",
        "--bundle",
        f"{folder}/{BUNDLE}",
        f"{folder}/{AUTHZ}",
    )


def write_bundles(bundle: Bundle, folder: Path, entrypoint: str = ENTRYPOINT) -> None:
    """Write the files that `opa_arguments` names; OPA then answers for `entrypoint` alone. Raises `BadPolicies` where they cannot be written."""
    write_authorization(folder / AUTHZ, entrypoint)
    bundle.write(folder / BUNDLE)


class OpaProcess:
    """
    An OPA of our own: started with a bundle, started again when it ends, and gone when we are.

    To be entered with `async with`.
    Raises `BadPolicies` (file and line) when OPA refuses the policies and `EngineError` when it does not start.
    """

    def __init__(
        self,
        opa: Path,
        bundle: Bundle,
        *,
        seconds: float = SECONDS,
        start_seconds: float = START_SECONDS,
        folder: Path | None = None,
        entrypoint: str = ENTRYPOINT,
    ) -> None:
        """
        Serve `bundle` with the program `opa`, from a new folder below `folder`.

        A question is put to `entrypoint` and may take `seconds`, the start `start_seconds`.
        """
        self.opa = opa
        self.bundle = bundle
        self.restarts = 0
        """How often OPA ended by itself and was started again."""
        self._seconds = seconds
        self._below = folder
        self._entrypoint = entrypoint
        self._start_seconds = start_seconds
        self._stack = contextlib.AsyncExitStack()

    @property
    def pid(self) -> int:
        """Process id of the OPA that runs now."""
        return self._process.pid

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            self._folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="weighbridge-", dir=self._below))
            )
            if len(os.fsencode(self._folder / SOCKET)) > SOCKET_BYTES:
                raise EngineError(
                    f"{self._folder}: too long for a socket, at most {SOCKET_BYTES} bytes. "
                    "Fix: set TMPDIR to a shorter folder"
                )
            self._client = await stack.enter_async_context(
                OpaSidecar(
                    self._folder / SOCKET, self.bundle.revision, seconds=self._seconds, entrypoint=self._entrypoint
                )
            )
            write_bundles(self.bundle, self._folder, self._entrypoint)
            await self._start()
            stack.push_async_callback(self._stop)
            await self._until_active(self.bundle.revision, self._start_seconds)
            keeper = asyncio.create_task(self._keep())
            stack.push_async_callback(_cancelled, keeper)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def decide(self, facts_body: bytes) -> Answered:
        """Ask about one document. Raises `EngineError`, also while OPA is being started again."""
        return await self._client.decide(facts_body)

    async def ready(self) -> None:
        """Return when OPA answers by the expected policies. Raises `EngineError` when not."""
        await self._client.ready()

    async def replace(self, bundle: Bundle, *, seconds: float = START_SECONDS) -> None:
        """
        Change over to another bundle while questions go on.

        Raises `EngineError` when OPA does not take it up within `seconds`; the old one then stays.
        """
        self._client.expect(self.bundle.revision, bundle.revision)
        bundle.write(self._folder / BUNDLE)
        try:
            await self._until_active(bundle.revision, seconds)
        except WeighbridgeError:
            self.bundle.write(self._folder / BUNDLE)
            self._client.expect(self.bundle.revision)
            raise
        self.bundle = bundle
        self._client.expect(bundle.revision)

    async def _start(self) -> None:
        launched = (sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), str(self.opa))
        self._process = await asyncio.create_subprocess_exec(
            *launched,
            *opa_arguments(str(self._folder / SOCKET), str(self._folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,  # where it says why it refuses a policy
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(self._folder)},
            cwd=self._folder,
            start_new_session=True,  # Ctrl-C is for us: we stop OPA after the last question
        )
        self._said = bytearray()
        self._listener = asyncio.create_task(_listen(self._process.stdout, self._said))

    async def _until_active(self, revision: str, seconds: float) -> None:
        last = EngineError("opa: did not answer")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    if self._process.returncode is not None:
                        await self._listener
                        raise self._why_it_ended()
                    try:
                        if revision in await self._client.active():
                            return
                        last = EngineError(f"opa: has not loaded {revision} within {seconds:g} s. {self._last_words()}")
                    except EngineError as error:
                        last = error
                    await asyncio.sleep(_POLL_SECONDS)
        raise last

    async def _keep(self) -> None:
        """Start OPA again whenever it ends: a crash costs one answer, not the gate."""
        attempt = 0
        while True:
            begun = asyncio.get_running_loop().time()
            await self._process.wait()
            await self._listener
            attempt = 0 if asyncio.get_running_loop().time() - begun > START_SECONDS else attempt
            await asyncio.sleep(_BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)])
            attempt += 1
            await self._start()
            self.restarts += 1

    async def _stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._listener

    def _why_it_ended(self) -> WeighbridgeError:
        place = _PLACE.search(self._said.decode("utf-8", "replace"))
        if place is not None:
            return BadPolicies(
                f"{place['file']}:{place['line']}: {place['why']}. "
                "Fix: mend the policy, `opa check` shows all that is wrong"
            )
        return EngineError(f"{self.opa}: ended at once with status {self._process.returncode}. {self._last_words()}")

    def _last_words(self) -> str:
        lines = [line for line in self._said.decode("utf-8", "replace").split("\n") if line.strip()]
        return f"It said: {lines[-1].strip()[:400]}" if lines else "It said nothing"


async def _listen(stream: asyncio.StreamReader | None, said: bytearray) -> None:
    """Keep the last of what OPA writes; a pipe nobody reads would stop it."""
    while stream is not None and (chunk := await stream.read(4096)):
        said += chunk
        del said[:-_SAID_BYTES]


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
