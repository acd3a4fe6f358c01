"""Settings that all tests share.

What takes long to import is imported where it is used: who hands out the tests needs none of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, settings

import frontmap

if TYPE_CHECKING:
    from frontmap.page.payload.fields import Payload

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"

settings.register_profile(
    "frontmap",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "mutants",  # a failure is enough, the smallest is not asked for
    settings.get_profile("frontmap"),
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("frontmap")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared",
        metavar="DIR",
        default=os.environ.get("FRONTMAP_SHARED"),
        help="a folder with other makers' files under real/, for the tests that try them "
        "(or the environment variable FRONTMAP_SHARED)",
    )


@pytest.fixture(scope="session")
def real(request: pytest.FixtureRequest) -> Path:
    """Return the folder of other makers' files, which are no part of the project."""
    shared = request.config.getoption("--shared")
    if not shared:
        pytest.skip("needs other makers' files: --shared DIR or FRONTMAP_SHARED")
    return Path(shared) / "real"


@pytest.fixture(scope="session")
def most_squeezed() -> int:
    """Return how large a page is squeezed, before any test sets it aside."""
    from frontmap.page import container

    return container.MOST_SQUEEZED


@pytest.fixture(scope="session")
def kursk_page(tmp_path_factory: pytest.TempPathFactory, most_squeezed: int) -> Path:
    """Return the page of the shipped archive, made once for all workers of a run."""
    from frontmap import page
    from frontmap.page import container

    own = tmp_path_factory.getbasetemp()
    path = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "kursk.html"
    with FileLock(path.with_suffix(".lock")), pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "MOST_SQUEEZED", most_squeezed)
        if not path.exists():
            page.save_page(frontmap.open(KURSK), path)
    return path


@pytest.fixture(scope="session")
def kursk_payload() -> Payload:
    """Return what the page of the shipped archive holds, worked out once; not to be changed."""
    from frontmap.page.payload.gather import gather_payload

    return gather_payload(frontmap.open(KURSK))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long form of the fault tests to ``make torture``, which asks for it by marker."""
    if config.option.markexpr:
        return
    chosen = [item for item in items if item.get_closest_marker("torture") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was injected and what was lost, where tests counted it."""
    passed, failed = (terminalreporter.getreports(kind) for kind in ("passed", "failed"))
    tolls = [value for r in (*passed, *failed) for key, value in r.user_properties if key == "toll"]
    if not terminalreporter.config.option.markexpr or not tolls:
        return
    terminalreporter.section("what was injected and what was lost")
    for what, injected, lost in sorted(tolls):
        terminalreporter.write_line(f"{what:<64}{injected:>10,}{lost:>10,}")
    total = sum(injected for _, injected, _ in tolls)
    terminalreporter.write_line(f"{'in all':<64}{total:>10,}{sum(t[2] for t in tolls):>10,}")
