// The page comes to life: one stream of events from the simulator drives everything that is shown.

import { build } from "./keypad.js";
import "./cards.js";
import * as paper from "./paper.js";
import * as screen from "./screen.js";
import { showFaults, showLights } from "./switches.js";

const lost = document.getElementById("lost");
const about = document.getElementById("about");
const platform = document.getElementById("platform");

let legend = "";

function showState(state) {
  const runtime = RUNTIMES[state.runtime] || "";
  if (legend !== JSON.stringify(state.legend)) {
    legend = JSON.stringify(state.legend);
    build(state.legend);
  }
  document.getElementById("subtitle").textContent = `${state.board}${runtime ? ` on ${runtime}` : ""}`;
  document.getElementById("plate").textContent = state.board.toUpperCase().replaceAll("_", " ");
  if (state.platform_url) {
    platform.href = state.platform_url;
    platform.hidden = false;
  }
  const rows = [
    ["Firmware", `${state.version || "not known"}${state.power === "on" && state.running === false && state.pty ? ", stopped by the REPL" : ""}`],
    ["Board", state.board],
    ["Display", state.display],
    ["Runtime", runtime],
    ["Last tone", state.sound?.count ? `${state.sound.hz} Hz, ${state.sound.loudness_pct} %, number ${state.sound.count}` : ""],
    ["Backlight", state.backlight_pct === null ? "" : `${state.backlight_pct} %`],
    ["Heap in use", state.heap_used ? `${state.heap_used / 1024} KB, ${state.heap_free / 1024} KB free` : ""],
    ["REPL", state.pty || ""],
  ];
  about.replaceChildren(...rows.filter(([, text]) => text).flatMap(([name, text]) => {
    const term = document.createElement("dt");
    term.textContent = name;
    const detail = document.createElement("dd");
    detail.append(name === "REPL" && state.pty ? code(state.pty) : text);
    return [term, detail];
  }));
}

const RUNTIMES = { micropython: "MicroPython", cpython: "CPython" };

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  return element;
}

const shows = { screen: screen.show, paper: paper.show, lights: showLights, faults: showFaults, state: showState };

const stream = new EventSource("/api/events");
for (const [name, show] of Object.entries(shows)) {
  stream.addEventListener(name, (event) => show(JSON.parse(event.data)));
}
stream.addEventListener("open", () => { lost.hidden = true; });
stream.addEventListener("error", () => {
  setTimeout(() => { lost.hidden = stream.readyState === EventSource.OPEN; }, 600);
});

// After a click with the mouse the keyboard belongs to the terminal again.
document.addEventListener("click", (event) => {
  const control = event.target.closest("button, a, label");
  if (control && event.detail > 0) {
    setTimeout(() => { if (!document.activeElement?.matches("input:not([type=radio])")) { document.activeElement?.blur(); } });
  }
});
