"""Every bound of the front panel in one place: what a client may ask for, how long things are waited for."""

KEYS_MAX = 64
"""Keys in one press."""

HOLD_MS = 60
HOLD_MS_LEAST = 20
HOLD_MS_MOST = 5000
"""How long a finger stays on a key."""

GAP_MS = 40
"""How long no key is down between two presses; longer than the firmware's debounce."""

SCANS_DOWN = 30
SCANS_UP = 7
"""Looks of the firmware at the keypad that a press and a gap last at least, so that a slow machine loses no key. While
a key is down each scan takes five looks, and the firmware's other business may look a few times between two scans."""

SCANS_QUIET = 12
QUIET_MS = 80
SETTLE_MS_MOST = 3000
"""A screen has settled when it did not change for QUIET_MS and SCANS_QUIET scans; waited for SETTLE_MS_MOST at most."""

PRINT_MS_MOST = 10000
"""How long a press waits for a slip that is being printed."""

STUCK_MS = 1000
"""How long missing scans are waited for: a firmware that is off or stuck scans nothing."""

KEY_DOWN_MS_MOST = 10000
"""A key pressed by the page goes up by itself after this time, should the page vanish."""

WAIT_S = 10
WAIT_S_MOST = 120
TEXT_MOST = 64
"""What GET /api/wait waits for, and for how long."""

CARD_DIGITS_MOST = 19
CARD_MS = 3000
CARD_MS_MOST = 10000
"""How long a card is held to the reader when nobody says otherwise."""

SCAN_MOST = 64
SCAN_MS = 4000
SCAN_MS_MOST = 10000
"""Characters of a code, and how long it is held before the scanner when nobody says otherwise."""

DELAY_MS_MOST = 120000
BODY_BYTES_MOST = 16384

POLL_MS = 20
"""How often the chips are looked at for a change."""

SNAPSHOT_GAP_MS = 60
"""Events of one kind are sent to a page at most this often."""

KEEPALIVE_S = 15
"""A comment is sent to an idle page this often, so that a dead connection is noticed."""
