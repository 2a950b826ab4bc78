// What can be switched: power, and everything that can go wrong.

import { post } from "./link.js";
import { showScanner } from "./scanner.js";

const SWITCHES = [
  { name: "wifi", label: "Wi-Fi", good: "up", bad: "down", well: "in reach", ill: "out of reach" },
  { name: "host", label: "Host", good: "up", bad: "down", well: "reachable", ill: "connections are refused" },
  { name: "paper", label: "Paper", good: "ok", bad: "out", well: "loaded", ill: "used up" },
  { name: "cover", label: "Printer cover", good: "closed", bad: "open", well: "closed", ill: "open" },
];
const ANSWERS = [["pass", "Arrive"], ["delay", "Late"], ["drop", "Get lost"]];
const DELAY_MS = 20000;

const box = document.getElementById("faults");
const power = document.getElementById("power");
const device = document.getElementById("device");
const lights = document.getElementById("lights");
const reader = document.getElementById("reader");
const glass = document.getElementById("screen").parentElement;

const shown = new Map();

for (const fault of SWITCHES) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "switch";
  button.dataset.fault = fault.name;
  button.setAttribute("role", "switch");
  const text = document.createElement("span");
  const detail = document.createElement("small");
  text.append(fault.label, detail);
  button.append(text, document.createElement("i"));
  button.addEventListener("click", () => {
    const good = button.getAttribute("aria-checked") === "true";
    change({ [fault.name]: good ? fault.bad : fault.good });
  });
  box.append(button);
  shown.set(fault.name, (value) => {
    button.setAttribute("aria-checked", String(value === fault.good));
    detail.textContent = value === fault.good ? fault.well : fault.ill;
  });
}

const group = document.createElement("fieldset");
group.className = "answers";
const legend = document.createElement("legend");
legend.textContent = "Answers of the host";
const segments = document.createElement("div");
segments.className = "segments";
group.append(legend, segments);
for (const [value, text] of ANSWERS) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "response";
  input.value = value;
  input.addEventListener("change", () => change(
    value === "delay" ? { response: value, delay_ms: Number(seconds.value) * 1000 || DELAY_MS } : { response: value },
  ));
  label.append(input, text);
  segments.append(label);
}
const delay = document.createElement("label");
delay.className = "delay";
const seconds = document.createElement("input");
seconds.type = "number";
seconds.min = "0";
seconds.max = "120";
seconds.step = "0.5";
seconds.value = String(DELAY_MS / 1000);
seconds.addEventListener("change", () => {
  if (seconds.checkValidity() && seconds.value) {
    change({ delay_ms: Math.round(Number(seconds.value) * 1000) });
  }
});
delay.append("late by", seconds, "seconds");
group.append(delay);
box.append(group);

const battery = document.createElement("label");
battery.className = "battery";
const charge = document.createElement("input");
charge.type = "range";
charge.min = "0";
charge.max = "100";
charge.id = "battery";
const percent = document.createElement("output");
percent.htmlFor = "battery";
let sliding = false;
charge.addEventListener("input", () => {
  sliding = true;
  percent.textContent = `${charge.value} %`;
});
charge.addEventListener("change", () => {
  sliding = false;
  change({ battery_pct: Number(charge.value) });
});
battery.append("Battery", charge, percent);
box.append(battery);

function change(values) {
  post("/api/faults", values).then(showFaults).catch(() => {});
}

export function showFaults(faults) {
  for (const [name, show] of shown) {
    show(faults[name]);
  }
  for (const input of group.querySelectorAll("input[type=radio]")) {
    input.checked = input.value === faults.response;
  }
  showBattery(faults.battery_pct);
  delay.hidden = faults.response !== "delay";
  if (faults.delay_ms && document.activeElement !== seconds) {
    seconds.value = String(faults.delay_ms / 1000);
  }
}

function showBattery(pct) {
  if (!sliding) {
    charge.value = String(pct);
    percent.textContent = `${pct} %`;
  }
}

export function showLights(all) {
  lights.replaceChildren(...all.lights.map((light) => {
    const item = document.createElement("li");
    item.dataset.light = light.colour;
    item.dataset.blink = String(Boolean(light.blink));
    item.dataset.name = light.name;
    item.title = `${light.name}: ${light.says}`;
    const says = document.createElement("span");
    says.className = "hidden";
    says.textContent = light.says;
    item.append(document.createElement("i"), light.name, says);
    return item;
  }));
  reader.dataset.reader = all.reader;
  showScanner(all.scanner);
  // Even a dark display can be read from close by.
  glass.style.setProperty("--lit", String(0.3 + 0.7 * Math.sqrt(all.backlight_pct / 100)));
  const on = all.power === "on";
  device.dataset.power = all.power;
  power.setAttribute("aria-pressed", String(on));
  power.title = on ? "Cut the power: the firmware gets no warning" : "Switch on";
}

power.addEventListener("click", () => {
  const on = power.getAttribute("aria-pressed") === "true";
  post("/api/power", { state: on ? "off" : "on" }).catch(() => {});
});
