"""A browser for the folder, a house for each test. Without a browser on the machine, all of it is skipped."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.house import House, browser_path, browsing, housed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all: the browser lives as long as it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="package"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Without a browser one line says so for all, rather than one for each."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = (__file__, 1, report.longrepr[2])
    return report


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("no browser: install chromium")
    async with browsing(path) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def house(browser: Browser, tmp_path: Path) -> AsyncIterator[House]:
    async with housed(browser, tmp_path) as house:
        yield house
