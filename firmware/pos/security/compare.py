"""Comparing secrets in a time that does not tell where they differ."""


def equal(left, right):
    """Whether two bytes objects are equal. Only a difference in length returns early."""
    if len(left) != len(right):
        return False
    different = 0
    for at in range(len(left)):
        different |= left[at] ^ right[at]
    return different == 0
