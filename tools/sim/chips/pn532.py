"""PN532 card reader on a UART (HSU): frames, acknowledgement, and the commands that a reader needs.

Source: NXP UM0701-02 PN532 User Manual: 6.2 (frames), 6.2.1.5 (acknowledgement), 6.3.2 (HSU), 7 (commands, error
codes).
"""

from tools.sim.chips.ntag213 import ATQA, SAK, Ntag213

ACK = bytes.fromhex("00 00 FF 00 FF 00")
NACK = bytes.fromhex("00 00 FF FF 00 00")
SYNTAX_ERROR = bytes.fromhex("00 00 FF 01 FF 7F 81 00")
HOST_TO_CHIP, CHIP_TO_HOST = 0xD4, 0xD5
WAKE_UP = 0x55

DIAGNOSE, GET_FIRMWARE_VERSION, GET_GENERAL_STATUS = 0x00, 0x02, 0x04
SAM_CONFIGURATION, POWER_DOWN, RF_CONFIGURATION = 0x14, 0x16, 0x32
IN_DATA_EXCHANGE, IN_DESELECT, IN_LIST_PASSIVE_TARGET, IN_RELEASE, IN_SELECT = 0x40, 0x44, 0x4A, 0x52, 0x54

FIRMWARE_VERSION = bytes.fromhex("32 01 06 07")
MAX_RETRIES_ITEM = 0x05
FOR_EVER = 0xFF
OK, TIME_OUT, NOT_ACCEPTABLE = 0x00, 0x01, 0x27
RECEIVE_LIMIT = 600


class Pn532Chip:
    """The reader: `receive` and `transmit` bytes, `present` and `remove` cards.

    `reads`: how many presented cards were read to the end of their record. `bad_frames`: frames with a wrong
    checksum, answered by nothing.
    """

    def __init__(self):
        self._card = None
        self.reads = 0
        self.bad_frames = 0
        self.reset()

    def reset(self):
        """The state after power-on: asleep until the host wakes it; a card stays where it is."""
        self._received = bytearray()
        self._out = bytearray()
        self._awake = False
        self._configured = False
        self._retries = FOR_EVER
        self._searching = False
        self._target = None
        self._last_answer = b""
        self._counted = False

    # The card

    def present(self, number):
        """Holds a card with this account number to the reader; ValueError when it is too long for a card."""
        self._card = Ntag213(number)
        self._counted = False
        if self._searching:
            self._found()

    def remove(self):
        """Takes the card away."""
        self._card = None

    @property
    def presented(self):
        """The number on the card that is there, or None."""
        return self._card.text if self._card else None

    # The wire

    def receive(self, data):
        """Bytes from the host."""
        for byte in data:
            if not self._awake:
                self._awake = byte == WAKE_UP
                continue
            self._received.append(byte)
            del self._received[:-RECEIVE_LIMIT]
        while self._awake and self._take_frame():
            pass

    def transmit(self):
        """The bytes for the host since the last call."""
        data = bytes(self._out)
        self._out.clear()
        return data

    # Frames

    def _take_frame(self):
        """Handles one frame at the head of what was received; False when there is no complete one."""
        start = self._received.find(b"\x00\xff")
        if start < 0:
            del self._received[:-1]
            return False
        del self._received[:start]
        frame = self._received
        if len(frame) < 4:
            return False
        if frame[2:4] == b"\x00\xff":
            return self._drop(4, self._acknowledged)
        if frame[2:4] == b"\xff\x00":
            return self._drop(4, self._repeat)
        return self._take_information_frame()

    def _drop(self, count, action):
        del self._received[:count]
        action()
        return True

    def _take_information_frame(self):
        frame = self._received
        if frame[2:4] == b"\xff\xff":
            if len(frame) < 7:
                return False
            head, length, check = 7, frame[4] << 8 | frame[5], sum(frame[4:7])
        else:
            head, length, check = 4, frame[2], frame[2] + frame[3]
        if check & 0xFF:
            return self._drop(2, self._count_bad_frame)
        if len(frame) < head + length + 1:
            return False
        content = bytes(frame[head : head + length + 1])
        del frame[: head + length + 1]
        if sum(content) & 0xFF:
            self._count_bad_frame()
        else:
            self._handle(content[:-1])
        return True

    def _count_bad_frame(self):
        self.bad_frames += 1

    def _acknowledged(self):
        """An ACK from the host also breaks off what is under way."""
        self._searching = False

    def _repeat(self):
        self._out += self._last_answer

    def _send(self, content):
        content = bytes((CHIP_TO_HOST,)) + content
        length = len(content)
        self._last_answer = (
            b"\x00\x00\xff" + bytes((length, -length & 0xFF)) + content + bytes((-sum(content) & 0xFF, 0x00))
        )
        self._out += self._last_answer

    # Commands

    def _handle(self, content):
        self._searching = False
        self._out += ACK
        handler = _HANDLERS.get(content[1]) if len(content) > 1 and content[0] == HOST_TO_CHIP else None
        answer = handler(self, content[2:]) if handler else None
        if answer is not None:
            self._send(bytes((content[1] + 1,)) + answer)
        elif not self._searching:
            self._out += SYNTAX_ERROR

    def diagnose(self, data):
        """Test 0 gives back what was sent; the others are not simulated."""
        return data if data[:1] == b"\0" else None

    def get_firmware_version(self, data):
        return FIRMWARE_VERSION

    def get_general_status(self, data):
        return bytes((0, 1, 1 if self._target else 0)) + (b"\x01\0\0\0" if self._target else b"") + b"\x80"

    def sam_configuration(self, data):
        if not data or data[0] not in (1, 2, 3, 4):
            return None
        self._configured = True
        return b""

    def power_down(self, data):
        self._awake = False
        return b"\0"

    def rf_configuration(self, data):
        if not data:
            return None
        if data[0] == MAX_RETRIES_ITEM:
            if len(data) != 4:
                return None
            self._retries = data[3]
        return b""

    def in_list_passive_target(self, data):
        """Only 106 kbit/s type A is simulated; any other kind of card is never there."""
        if not self._configured or len(data) < 2 or data[0] not in (1, 2):
            return None
        self._target = None
        if data[1] == 0 and self._card:
            return self._listed()
        if self._retries == FOR_EVER:
            self._searching = data[1] == 0
            return None if self._searching else b"\0"
        return b"\0"

    def _listed(self):
        self._target = self._card
        uid = self._card.uid
        return bytes((1, 1)) + ATQA + bytes((SAK, len(uid))) + uid

    def _found(self):
        self._searching = False
        self._send(bytes((IN_LIST_PASSIVE_TARGET + 1,)) + self._listed())

    def in_data_exchange(self, data):
        if len(data) < 1:
            return None
        if self._target is None or data[0] & 0x0F != 1:
            return bytes((NOT_ACCEPTABLE,))
        answer = self._target.command(data[1:]) if self._target is self._card else None
        if answer is None:
            return bytes((TIME_OUT,))
        if self._card.read_to_the_end and not self._counted:
            self._counted = True
            self.reads += 1
        return bytes((OK,)) + answer

    def in_release(self, data):
        if self._target is None:
            return bytes((NOT_ACCEPTABLE,))
        self._target = None
        return b"\0"

    def in_select(self, data):
        return b"\0" if self._target else bytes((NOT_ACCEPTABLE,))


_HANDLERS = {
    DIAGNOSE: Pn532Chip.diagnose,
    GET_FIRMWARE_VERSION: Pn532Chip.get_firmware_version,
    GET_GENERAL_STATUS: Pn532Chip.get_general_status,
    SAM_CONFIGURATION: Pn532Chip.sam_configuration,
    POWER_DOWN: Pn532Chip.power_down,
    RF_CONFIGURATION: Pn532Chip.rf_configuration,
    IN_LIST_PASSIVE_TARGET: Pn532Chip.in_list_passive_target,
    IN_DATA_EXCHANGE: Pn532Chip.in_data_exchange,
    IN_DESELECT: Pn532Chip.in_release,
    IN_RELEASE: Pn532Chip.in_release,
    IN_SELECT: Pn532Chip.in_select,
}
