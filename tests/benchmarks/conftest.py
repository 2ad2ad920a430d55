"""One report for all that was measured, and processes to measure."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Configuration, load_configuration
from tests.benchmarks.figures import Report
from tests.benchmarks.house import Process
from tests.stage import ROOT, TEAM

START_MOST = 120.0
EMPTY, PROCESSES = "tests.benchmarks.empty", "tests.benchmarks.processes"
Run = Callable[..., AbstractAsyncContextManager[Process]]


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Written when all is measured: the whole page, or into it what `-k` chose."""
    report = Report()
    yield report
    path, page = os.environ.get("BENCH_REPORT"), report.page()
    if path and request.config.option.keyword:
        (ROOT / path).write_text(report.page_with((ROOT / path).read_text(encoding="utf-8")), encoding="utf-8")
    elif path:
        (ROOT / path).write_text(page, encoding="utf-8")
    sys.stdout.write(f"\n{page}")


@pytest.fixture(scope="session")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("config") / "jibungoto.toml"
    file.write_text(TEAM, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def config(config_file: Path) -> Configuration:
    return load_configuration(str(config_file))


@pytest.fixture
def run(config_file: Path, tmp_path: Path) -> Run:
    """Start a process of `processes.py` and wait for its first line. It is killed at the end of the block."""

    @asynccontextmanager
    async def running(name: str, *arguments: str, database: Path | None = None, **env: str) -> AsyncIterator[Process]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "JIBUNGOTO_"))}
        files = {
            "JIBUNGOTO_DATABASE": str(database or tmp_path / "jibungoto.db"),
            "JIBUNGOTO_CONFIG": str(config_file),
            "JIBUNGOTO_PORT": "0",
        }
        module = (EMPTY,) if name == "empty" else (PROCESSES, name)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *module, *arguments),
            cwd=ROOT, env=ours | files | env, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_MOST):
                line = (await process.stdout.readline()).decode().strip()
            assert line, f"{name} ended before it was ready"
            yield Process(process.pid, line)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    return running
