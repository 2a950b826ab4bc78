"""The operators' file: who there is, their PIN records, and the wrong PINs in a row.

A wrong PIN is counted durably before the PIN is looked at, so cutting the power cannot win a free try; a right one
takes the count back. The rules about PINs are loaded when somebody keys one.

Damage wins nothing, either. What is not a count is saved twice, so the file's copy (PATH.old, see store.py) holds the
same people, PINs, rights and locks and is behind by one count at most: when it must be used, one is added for all.
{number: {"pin": record, "first": bool, "failures": int, "rights": [...] (absent: none changed)}}; number: str of two
digits; rights: what differs from the role, see domain/operators.py.
"""

from pos.journal import store


class Staff:
    """hash_pin(pin) -> record to store, verify_pin(pin, record) -> bool; clock: ticks_ms(), elapsed_ms(start_ms).

    waiting: {number: since which tick} of operators that wait after wrong PINs; a dict that outlives this object when
    it is made anew."""

    def __init__(self, path, clock, hash_pin, verify_pin, waiting=None):
        self._path = path
        self._clock = clock
        self._hash_pin = hash_pin
        self._verify_pin = verify_pin
        self._people = {}
        self._since_ms = {} if waiting is None else waiting

    def load(self):
        """Reads the file; returns the store's problem or None. Whoever must wait begins to wait now, unless that has
        begun already."""
        people, problem = store.load(self._path, {})
        behind = problem == "old"
        self._people = {}
        if not isinstance(people, dict):
            people, problem = {}, "damaged"
        for number in people:
            if _is_person(people[number]):
                self._people[number] = people[number]
            else:
                problem = "damaged"
        if behind:
            for number in self._people:
                self._people[number]["failures"] += 1
        now_ms = self._clock.ticks_ms()
        for number in self._people:
            self._since_ms.setdefault(number, now_ms)
        return problem

    def secure(self, problem):
        """At start, after load: sees to it that file and copy are both there and whole. problem: what load returned.
        Raises StoreError."""
        if self._people and (problem or not store.has_copy(self._path)):
            self._save(self._people)
            self._save(self._people)

    def numbers(self):
        """All operator numbers, sorted."""
        return sorted(self._people)

    def full(self):
        """Whether nobody more can be added."""
        from pos.domain import operators

        return len(self._people) >= operators.OPERATORS_MAX

    def rights(self, number):
        """What differs for this operator from the role's rights; nothing for whoever is not there."""
        return self._people.get(number, {}).get("rights", ())

    def change_right(self, number, right, granted):
        """Grants a right to an operator or takes it away. KeyError, ValueError (not to be granted), StoreError."""
        from pos.domain import operators

        if operators.role(number) != operators.OPERATOR:
            raise ValueError("supervisor and administrator have the rights of their role")
        person = dict(self._people[number])
        person["rights"] = operators.change_right(person.get("rights", ()), right, granted)
        self._replace(number, person)
        self._save(self._people)

    def is_first(self, number):
        """Whether the PIN must be changed at the next log-in."""
        return self._people[number]["first"]

    def wait_ms(self, number):
        """0 when the operator may try a PIN, the time until then, or operators.LOCKED."""
        from pos.domain import operators

        wait_ms = operators.wait_ms(number, self._people[number]["failures"])
        if wait_ms <= 0:
            return wait_ms
        elapsed_ms = self._clock.elapsed_ms(self._since_ms.get(number, 0))
        # Below zero: the tick counter came round; no wait is as long as that.
        return max(0, wait_ms - elapsed_ms) if elapsed_ms >= 0 else 0

    def check(self, number, pin):
        """{"result": "ok"|"first" (right, and must be changed)|"wrong"|"locked"|"unknown", "wait_ms", "tries"}

        tries: how many wrong PINs are still free (wrong). wait_ms: until the next try, LOCKED for ever. Raises
        StoreError: nobody gets in when the count cannot be kept.
        """
        from pos.domain import operators

        person = self._people.get(number)
        if person is None:
            return _answer("unknown", 0, 0)
        wait_ms = self.wait_ms(number)
        if wait_ms:
            return _answer("locked", wait_ms, 0)
        self._count(number, person["failures"] + 1)
        person = self._people[number]
        if self._verify_pin(pin, person["pin"]):
            self._count(number, 0)
            return _answer("first" if person["first"] else "ok", 0, 0)
        self._since_ms[number] = self._clock.ticks_ms()
        free = max(0, operators.FAILURES_FREE + 1 - person["failures"])
        return _answer("wrong", self.wait_ms(number), free)

    def change_pin(self, number, pin, old=""):
        """The operator's own new PIN. Raises operators.PinRule, StoreError."""
        from pos.domain import operators

        operators.check_new_pin(pin, old)
        self._put(number, pin, False)

    def set_first_pin(self, number, pin):
        """Adds an operator, or gives one a PIN that must be changed. Raises PinRule, StoreError, ValueError."""
        from pos.domain import operators

        operators.check_new_pin(pin)
        if operators.role(number) is None:
            raise ValueError("no such operator number")
        if number not in self._people and self.full():
            raise ValueError("too many operators")
        self._put(number, pin, True)

    def unlock(self, number):
        """Takes the wrong PINs back. KeyError: nobody has the number; StoreError."""
        self._count(number, 0)
        self._save(self._people)

    def lock(self, number):
        """Lets an operator in no more until somebody unlocks. KeyError, ValueError, StoreError."""
        from pos.domain import operators

        if operators.role(number) != operators.OPERATOR:
            raise ValueError("supervisor and administrator are never locked for ever")
        self._count(number, operators.FAILURES_MAX)
        self._save(self._people)

    def remove(self, number):
        """Takes an operator away; supervisor and administrator stay. KeyError, ValueError, StoreError."""
        from pos.domain import operators

        if operators.role(number) != operators.OPERATOR:
            raise ValueError("supervisor and administrator stay")
        people = dict(self._people)
        del people[number]
        self._save(people)
        self._save(people)

    def _put(self, number, pin, first):
        person = {"pin": self._hash_pin(pin), "first": first, "failures": 0}
        rights = self.rights(number)
        if rights:
            person["rights"] = rights
        self._replace(number, person)
        self._save(self._people)

    def _count(self, number, failures):
        person = dict(self._people[number])
        if person["failures"] != failures:
            person["failures"] = failures
            self._replace(number, person)

    def _replace(self, number, person):
        people = dict(self._people)
        people[number] = person
        self._save(people)

    def _save(self, people):
        store.save(self._path, people)
        self._people = people


def _is_person(person):
    """Whether somebody can log in by it: the checksum says that it is what was written, not that we wrote it."""
    if not isinstance(person, dict) or not isinstance(person.get("rights", []), list):
        return False
    failures = person.get("failures")
    return type(failures) is int and failures >= 0 and "first" in person and isinstance(person.get("pin"), str)


def _answer(result, wait_ms, tries):
    return {"result": result, "wait_ms": wait_ms, "tries": tries}
