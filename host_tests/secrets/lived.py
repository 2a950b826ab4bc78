"""A whole day (day.py) on the processes of `make run`, the host's log at its loudest, and all that it leaves behind."""

import asyncio
import re
import shutil
import sqlite3
from html import unescape

import httpx
from e2e.whole_run import PASSWORD, WholeRun
from proof.at_run import AtRun

PAGES_MAX = 200


class Lived:
    """said: what host and terminal printed; panel, pages: {address: text of the answer}; slips; image: the flash;
    files: {path below the state folder: bytes}; backup: of the database, as SQLite makes it."""

    def __init__(self, day, folder):
        self.panel, self.pages, self.files = {}, {}, {}
        self.state = folder / "state"
        with WholeRun(self.state, LANG_UI="en", RUNTIME="micropython", HOST_LOG="debug") as run:
            run.client.event_hooks["response"].append(self._note)
            self.secrets = day.Secrets((self.state / "keys" / "storage.key").read_bytes())
            webhook = run.host_command("webhook", "http://127.0.0.1:9/hook")
            self.secrets.others["the webhook's key"] = webhook.rpartition(" ")[2].strip()
            link = run.host_command("wallet", day.RICH).strip()
            self.secrets.others["a wallet's link"] = link.rpartition("/")[2]
            counter = AtRun(run, 16)
            try:
                asyncio.run(day.whole(counter, self.secrets))
                self.slips = run.slips()
                self._look_at_pages(run, link)
                self.while_running = self._database_files()
                self._back_up()
            finally:
                counter.database.close()
            self.image = shutil.copy(day.image_of(self.state), folder / "flash.img")
        self.said = run.said
        for path in self.state.rglob("*"):
            if path.is_file():
                self.files[str(path.relative_to(self.state))] = path.read_bytes()

    def _note(self, answer):
        answer.read()
        if "image" not in answer.headers.get("content-type", ""):
            self.panel.setdefault(answer.request.url.path, []).append(answer.text)

    def _look_at_pages(self, run, wallet):
        """All that the platform shows the owner, every page that another one links to, both languages, and its API."""
        base = f"http://127.0.0.1:{run.console_port}"
        with httpx.Client(base_url=base, follow_redirects=True, timeout=30) as client:
            token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)[1]
            client.post("/login", data={"name": "owner", "password": PASSWORD, "csrf": token})
            waiting = ["/", wallet.removeprefix(base), wallet.removeprefix(base) + "/pay"]
            for name in ("transactions", "settlements", "alerts", "notices", "services", "fees", "health"):
                waiting.append("/api/" + name)
            waiting += [f"/api/transactions/{number}" for number in range(1, 12)] + ["/api/settlements/1"]
            waiting += ["/transactions?voucher=x", "/api/transactions?limit=x", "/api/accounts/1", "/nothing"]
            while waiting and len(self.pages) < PAGES_MAX:
                address = waiting.pop(0)
                if address not in self.pages:
                    answer = client.get(address)
                    self.pages[address] = f"{answer.headers}\n{answer.text}"
                    waiting += [unescape(link) for link in re.findall(r'href="(/[^"#]*)"', answer.text)]

    def _database_files(self):
        """The database and its write-ahead log as they lie there while the host works."""
        return {path.name: path.read_bytes() for path in self.state.glob("host.db*")}

    def _back_up(self):
        target = self.state / "backup.db"
        with sqlite3.connect(self.state / "host.db") as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        source.close()
        copy.close()
