"""The battery's charge from its voltage."""

from pos.drivers import battery


class Adc:
    """An analogue input at a constant voltage, with noise when there is some."""

    def __init__(self, uv, noise_uv=0):
        self.uv, self.noise_uv = uv, noise_uv

    def read_uv(self):
        self.noise_uv = -self.noise_uv
        return self.uv + self.noise_uv


def test_percent_of_a_cell():
    for cell_mv, expected in (
        (0, 0), (3300, 0), (3455, 5), (3548, 8), (3610, 10), (3780, 40), (4110, 90), (4190, 100), (4300, 100),
    ):  # fmt: skip
        assert battery.percent(cell_mv) == expected, cell_mv


def test_percent_never_falls_with_the_voltage():
    rising = [battery.percent(cell_mv) for cell_mv in range(3000, 4300)]
    assert rising == sorted(rising)


def test_through_the_divider():
    pack = battery.Battery(Adc(2_000_000, 15_000), 2, (300, 100))
    assert pack.millivolts() == 8000
    assert pack.percent() == battery.percent(4000)


def test_a_moment_under_load_hardly_counts():
    adc = Adc(2_000_000)
    pack = battery.Battery(adc, 2, (300, 100))
    before = pack.percent()
    adc.uv = 1_850_000
    assert before - pack.percent() <= 10
    for _ in range(20):
        pack.percent()
    assert abs(pack.percent() - battery.percent(3700)) <= 1
