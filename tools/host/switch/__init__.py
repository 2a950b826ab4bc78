"""The switch: takes a terminal's frame, decides, moves money, answers. Knows no socket and no thread."""
