"""All flows that are cut."""

import scenarios_books
import scenarios_money
import scenarios_people
import scenarios_room

FLOWS = scenarios_money.FLOWS + scenarios_books.FLOWS + scenarios_people.FLOWS + scenarios_room.FLOWS
