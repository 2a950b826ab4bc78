"""Panels over real chips without firmware."""

import pytest

from host_tests.sim.panel.bench import Panel


@pytest.fixture
def panel():
    """The panel of the ESP32-DevKitC."""
    panel = Panel()
    yield panel
    panel.close()


@pytest.fixture(params=["esp32_devkitc", "esp32_s3_devkitc"])
def each_panel(request):
    """The panel of each board."""
    panel = Panel(request.param)
    yield panel
    panel.close()


@pytest.fixture
def dead_panel():
    """A panel whose firmware looks at nothing."""
    panel = Panel(firmware=False)
    yield panel
    panel.close()


@pytest.fixture(scope="module")
def shared_panel():
    """One panel for tests that leave it as it was."""
    panel = Panel()
    yield panel
    panel.close()


@pytest.fixture
def printing_panel():
    """A panel whose printer takes its time."""
    panel = Panel(instant=False)
    yield panel
    panel.close()
