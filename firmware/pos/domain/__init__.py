"""The rules of money, on plain values: no hardware, socket, file, screen or clock of their own."""
