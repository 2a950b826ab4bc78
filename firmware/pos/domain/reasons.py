"""Why a sale is taken back (撤销原因, R19): the codes that the void or refund carries to the host, in the order of the
menu. Their words are the texts "why_<code>"."""

CODES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10")
