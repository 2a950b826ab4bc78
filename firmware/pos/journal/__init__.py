"""What must not be lost: append-only records, checked files, the operators' wrong PINs. See README.md."""
