// The display: the dots of the simulated chip, as large as fits, each dot the same whole number of device pixels.

import { latest, picture } from "./link.js";

const canvas = document.getElementById("screen");
const glass = canvas.parentElement;
const spoken = document.getElementById("spoken");
const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });

const DRAWN = "▒";  // stands for a character that the firmware has drawn itself; nobody can say it

let shown = null;

const draw = latest(async () => {
  const blob = await picture(`/api/screen.png?v=${shown.version}`);
  if (!blob) {
    return;
  }
  const bitmap = await createImageBitmap(blob);
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    fit();
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  edge();
  canvas.dataset.version = shown.version;
});

export function show(screen) {
  shown = screen;
  const rows = screen.rows.map((row) => row.replaceAll(DRAWN, " ").trim()).filter((row) => row);
  canvas.setAttribute("aria-label", rows.length ? `Display: ${rows.join(", ")}` : "Display: blank");
  speak(rows.join("\n"));
  draw();
}

// A screen reader hears the screen when it has come to rest, not each digit and each dot of "processing".
let timer = 0;
function speak(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (spoken.textContent !== text) {
      spoken.textContent = text;
    }
  }, 400);
}

// The glass around the dots has the colour of the display's first pixel, and so have the gaps between them.
function edge() {
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  glass.style.setProperty("--lcd-edge", `rgb(${red} ${green} ${blue})`);
  glass.style.setProperty("--lcd-gap", `rgb(${red} ${green} ${blue} / 38%)`);
}

function fit() {
  const room = glass.parentElement;
  const style = getComputedStyle(room);
  const free = room.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 10;
  const ratio = window.devicePixelRatio || 1;
  const pixels = Math.max(1, Math.floor((free * ratio) / canvas.width));
  const dot = pixels / ratio;
  glass.style.setProperty("--lcd-width", `${canvas.width * dot}px`);
  glass.style.setProperty("--lcd-height", `${canvas.height * dot}px`);
  glass.style.setProperty("--dot", `${dot}px`);
  glass.style.setProperty("--gap", `${Math.max(1, Math.round(pixels / 6)) / ratio}px`);
}

new ResizeObserver(fit).observe(glass.parentElement);
