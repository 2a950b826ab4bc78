"""The first sale through the whole product: `make run`'s processes, real TLS, driven through the panel's API only."""

import pytest
from e2e.whole_run import READY, WholeRun

pytestmark = pytest.mark.slow
RICH = "6200000000000013"
CHINESE_SLIP, ENGLISH_SLIP = "商户存根", "MERCHANT COPY"
RUNS = {
    "english": {},
    "chinese": {"LANG_UI": "zh"},
    "other board": {"BOARD": "esp32_s3_devkitc"},
    "cpython": {"RUNTIME": "cpython"},
}


@pytest.mark.parametrize("variables", RUNS.values(), ids=list(RUNS))
def test_first_sale(tmp_path, variables):
    with WholeRun(tmp_path / "state", **variables) as run:
        state = run._call("GET", "/api/state")
        assert state["runtime"] == variables.get("RUNTIME", "micropython")
        assert state["board"] == variables.get("BOARD", "esp32_devkitc")
        run.sign_on()
        merchant, customer = run.sell(card=RICH)
        for slip in (merchant, customer):
            assert "12.34" in slip and "620000******0013" in slip and RICH not in slip
        assert (CHINESE_SLIP if run.language == "zh" else ENGLISH_SLIP) in merchant
        assert run.balance_minor(RICH) == 98_766
        assert len(run.slips()) == 2
        assert any(READY[run.language] in row for row in run.rows())
        if not variables:
            run.sell("1 00 ENTER", number=RICH)
            assert run.balance_minor(RICH) == 98_666
