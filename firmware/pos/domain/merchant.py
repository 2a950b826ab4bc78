"""The merchant as the host names it. Apart from parameters.py, whose table every slip would load."""


def name(parameters):
    """The merchant's name as GB18030 bytes; b"" when the host never sent one."""
    return bytes.fromhex(parameters["merchant_name_hex"])
