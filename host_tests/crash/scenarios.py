"""All flows that are cut."""

import scenarios_money

FLOWS = scenarios_money.FLOWS
