// The keypad: a finger on a key stays on it until it is lifted, with mouse, touch and keyboard.

import { post, queue } from "./link.js";

const FACES = {
  CANCEL: { name: "Cancel", mark: "✕", hint: "Esc", style: "cancel" },
  CLEAR: { name: "Clear", mark: "⌫", hint: "⌫", style: "clear" },
  MENU: { name: "Menu", mark: "☰", hint: "M", style: "menu" },
  ENTER: { name: "Enter", mark: "↵", hint: "↵", style: "enter" },
  UP: { name: "Up, double zero", text: "▲", small: "00", hint: "↑" },
  DOWN: { name: "Down", text: "▼", hint: "↓" },
};
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const TYPED = {
  Enter: "ENTER", Escape: "CANCEL", Backspace: "CLEAR", Delete: "CLEAR", m: "MENU", M: "MENU", ArrowUp: "UP", ArrowDown: "DOWN",
};

const pad = document.getElementById("keypad");
const inOrder = queue();
const caps = new Map();
const down = new Set();
let typing = null;

export function build(legend) {
  caps.clear();
  pad.replaceChildren(...legend.flat().map((label) => {
    const cap = face(label);
    caps.set(label, cap);
    return cap;
  }));
}

function face(label) {
  const { name = label, mark, text, small, hint, style } = FACES[label] || { text: label, small: LETTERS[label] };
  const cap = document.createElement("button");
  cap.type = "button";
  cap.className = `key ${style ? `${style} word` : ""}`;
  cap.dataset.key = label;
  cap.setAttribute("aria-label", name);
  if (mark) {
    cap.append(part("span", mark, "mark"));
  }
  cap.append(mark ? name.toUpperCase() : text);
  if (small) {
    cap.append(part("small", small));
  }
  if (hint) {
    cap.append(part("kbd", hint));
  }
  return cap;
}

function part(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  element.ariaHidden = "true";
  return element;
}

function press(label) {
  if (!label || down.has(label)) {
    return;
  }
  down.add(label);
  caps.get(label)?.classList.add("down");
  inOrder(() => post("/api/key", { key: label, state: "down" })).catch(() => {});
}

function lift(label) {
  if (!down.delete(label)) {
    return;
  }
  caps.get(label)?.classList.remove("down");
  inOrder(() => post("/api/key", { key: label, state: "up" })).catch(() => {});
}

// Mouse and touch. Focus stays where it is, so that Enter on the keyboard remains the key ENTER.
const fingers = new Map();
pad.addEventListener("mousedown", (event) => event.preventDefault());
pad.addEventListener("pointerdown", (event) => {
  const label = event.target.closest(".key")?.dataset.key;
  if (!label || event.button) {
    return;
  }
  event.target.setPointerCapture?.(event.pointerId);
  fingers.set(event.pointerId, label);
  navigator.vibrate?.(8);
  press(label);
});
for (const ending of ["pointerup", "pointercancel", "lostpointercapture"]) {
  pad.addEventListener(ending, (event) => {
    const label = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (label) {
      lift(label);
    }
  });
}
pad.addEventListener("contextmenu", (event) => event.preventDefault());

// The keyboard of the computer. One key at a time: people type the next before they have let go of the last.
function meant(event) {
  const target = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, select, textarea")) {
    return null;
  }
  if (event.key === " " || event.key === "Enter") {
    const focused = target.closest?.("button, a, summary, [role=switch]");
    if (focused && !pad.contains(focused)) {
      return null;
    }
    if (focused && focused.matches(":focus-visible")) {
      return focused.dataset.key;
    }
  }
  const label = /^[0-9]$/.test(event.key) ? event.key : TYPED[event.key];
  return caps.has(label) ? label : null;
}

function release() {
  if (typing) {
    lift(typing.label);
    typing = null;
  }
}

window.addEventListener("keydown", (event) => {
  const label = meant(event);
  if (!label) {
    return;
  }
  event.preventDefault();
  if (event.repeat) {
    return;
  }
  release();
  typing = { label, code: event.code };
  press(label);
});
window.addEventListener("keyup", (event) => {
  if (typing && typing.code === event.code) {
    release();
  }
});
window.addEventListener("blur", () => {
  typing = null;
  for (const label of [...down]) {
    lift(label);
  }
});
