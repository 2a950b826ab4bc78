"""The language of the line: field table, codec, framing, masking, one function per message."""
