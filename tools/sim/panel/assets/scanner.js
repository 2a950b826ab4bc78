// The scanner: a code is typed or pasted here, and held before its window.

import { post } from "./link.js";

const CHARACTERS_MAX = 64;

const box = document.getElementById("codes");
const form = document.getElementById("own-code");
const code = document.getElementById("code");
const button = form.querySelector("button");
const error = document.getElementById("code-error");
const says = document.getElementById("scanner-says");

const STATES = { idle: "It is dark now.", waiting: "It looks for a code.", code: "A code is before it." };

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = code.value.trim();
  if (!/^[ -~]+$/.test(text) || text.length > CHARACTERS_MAX) {
    error.textContent = `A code has 1 to ${CHARACTERS_MAX} characters: letters, digits, signs.`;
    code.focus();
    return;
  }
  error.textContent = "";
  code.blur();
  button.disabled = true;
  try {
    await post("/api/scan", { code: text });
  } catch (problem) {
    error.textContent = problem.message;
  } finally {
    button.disabled = false;
  }
});

export function showScanner(state) {
  box.hidden = !state;
  box.dataset.scanner = state || "";
  says.textContent = STATES[state] || "";
}
