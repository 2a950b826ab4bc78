"""Tones and light on a recorded pulse-width output, on virtual time."""

import asyncio

import dual
from pos.drivers.backlight import DIM_AFTER_MS, Backlight
from pos.drivers.buzzer import Buzzer


class Pwm:
    """Writes down (ms since the start, hz, share) at each change of the share."""

    def __init__(self):
        self.log = []
        self.hz = self.duty = 0
        self.start_ms = dual.clock.ticks_ms()

    def freq(self, hz):
        self.hz = hz

    def duty_u16(self, duty):
        self.duty = duty
        self.log.append((dual.clock.elapsed_ms(self.start_ms), self.hz, duty))


def played(scenario, volume=3):
    """What a buzzer does during `async scenario(buzzer)` and half a second more."""
    pwm = Pwm()

    async def main():
        buzzer = Buzzer(pwm)
        buzzer.volume = volume
        pwm.start_ms = dual.clock.ticks_ms()
        await scenario(buzzer)
        await asyncio.sleep_ms(500)

    dual.run(main())
    return pwm.log


def test_a_click_is_short_and_nobody_waits_for_it():
    async def scenario(buzzer):
        before_ms = dual.clock.ticks_ms()
        buzzer.play("click")
        assert dual.clock.elapsed_ms(before_ms) == 0

    assert played(scenario) == [(0, 2000, 32768), (10, 2000, 0)]


def test_approved_rises_and_an_error_is_low_twice():
    async def approved(buzzer):
        buzzer.play("approved")

    async def error(buzzer):
        buzzer.play("error")

    assert played(approved) == [(0, 2000, 32768), (80, 2650, 32768), (200, 2650, 0)]
    assert [(hz, bool(duty)) for _ms, hz, duty in played(error)] == [
        (800, True), (800, False), (800, True), (800, False),
    ]  # fmt: skip


def test_volume():
    async def scenario(buzzer):
        buzzer.play("click")

    assert played(scenario, 0) == []
    loudness = [played(scenario, volume)[0][2] for volume in (1, 2, 3)]
    assert 0 < loudness[0] < loudness[1] < loudness[2] == 32768


def test_a_click_does_not_cut_off_a_result_but_a_result_does_a_click():
    async def clicked(buzzer):
        buzzer.play("approved")
        await asyncio.sleep_ms(30)
        buzzer.play("click")

    assert played(clicked)[-1] == (200, 2650, 0)

    async def both_at_once(buzzer):
        buzzer.play("click")
        buzzer.play("error")
        await asyncio.sleep_ms(30)
        buzzer.play("approved")

    log = played(both_at_once)
    assert [hz for _ms, hz, duty in log if duty][-2:] == [2000, 2650]
    assert log[-1][2] == 0


def test_the_light_dims_and_wakes():
    pwm = Pwm()

    async def main():
        light = Backlight(pwm, dual.clock)
        task = asyncio.create_task(light.run())
        steps = []
        for brightness in (1, 2, 3, 4, 5):
            light.set(brightness)
            steps.append(pwm.duty)
        assert steps == sorted(steps) and len(set(steps)) == 5 and steps[-1] == 65535
        await asyncio.sleep_ms(DIM_AFTER_MS - 2_000)
        light.wake()
        await asyncio.sleep_ms(DIM_AFTER_MS - 2_000)
        assert pwm.duty == 65535
        await asyncio.sleep_ms(4_000)
        assert 0 < pwm.duty < steps[0]
        light.wake()
        assert pwm.duty == 65535
        task.cancel()

    dual.run(main())
