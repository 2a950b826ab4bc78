// The paper: rolls out of the slot as it is printed, is torn off, and lies beside the terminal to be read.

import { get, latest, picture, remove } from "./link.js";

const KEPT_MAX = 20;
const TEAR_PX = 46;
const STILL_PX = 6;
const PRINTING = "printing";

const strip = document.getElementById("paper");
const image = document.getElementById("paper-image");
const list = document.getElementById("slips");
const none = document.getElementById("no-slips");
const tearButton = document.getElementById("tear");
const flying = document.getElementById("flying");

let wanted = null;     // the last news of the paper
let inSlot = "";       // what hangs out of the printer: the id of a slip, or PRINTING
const kept = new Map();  // id -> { url, item }

// A slip is known by the start of the simulator and the number of slips that were torn off before it, so that its id
// stays when others go.
const nameOf = (news, index) => `${news.since}-${news.torn + index}`;

const update = latest(async () => {
  const news = wanted;
  for (let index = 0; index < news.slips; index += 1) {
    if (!kept.has(nameOf(news, index))) {
      await keep(nameOf(news, index), news.torn + index + 1, index);
    }
  }
  const hanging = new Set(Array.from({ length: news.slips }, (_, index) => nameOf(news, index)));
  for (const [id, slip] of kept) {
    slip.item.classList.toggle("torn", !hanging.has(id));
  }
  forget();
  if (news.printing) {
    const blob = await picture(`/api/paper/current.png?margin=40&v=${news.version}`);
    if (blob) {
      await hang(PRINTING, URL.createObjectURL(blob), false);
    }
  } else if (news.slips) {
    const id = nameOf(news, news.slips - 1);
    await hang(id, kept.get(id)?.url, true);
  } else {
    fly();
  }
  tearButton.disabled = !news.printing && !news.slips;
});

export function show(news) {
  wanted = news;
  update();
}

async function keep(id, number, index) {
  const blob = await picture(`/api/paper/${index}.png?margin=40`);
  if (!blob) {
    return;
  }
  const { slips } = await get("/api/paper");
  const url = URL.createObjectURL(blob);
  const item = document.createElement("li");
  const figure = document.createElement("figure");
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  const drawn = new Image();
  drawn.src = url;
  drawn.alt = slips[index]?.text.trim() || "Slip";
  sheet.append(drawn);
  const caption = document.createElement("figcaption");
  const save = document.createElement("a");
  save.href = url;
  save.download = `slip-${number}.png`;
  save.textContent = "Save picture";
  caption.append(`Slip ${number} · ${clock(slips[index]?.at)}`, save);
  figure.append(sheet, caption);
  item.append(figure);
  list.prepend(item);
  kept.set(id, { url, item });
  none.hidden = true;
}

// Torn slips go when there are too many, the oldest first.
function forget() {
  for (const [id, slip] of kept) {
    if (kept.size > KEPT_MAX && slip.item.classList.contains("torn")) {
      URL.revokeObjectURL(slip.url);
      slip.item.remove();
      kept.delete(id);
    }
  }
}

function clock(at) {
  const time = new Date(at || "");
  return Number.isNaN(time.getTime()) ? "" : time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

async function hang(what, url, cut) {
  if (!url) {
    return;
  }
  if (inSlot && inSlot !== PRINTING && inSlot !== what) {
    fly();
  }
  const next = new Image();
  next.src = url;
  await next.decode().catch(() => {});
  const old = image.src;
  image.src = url;
  strip.hidden = false;
  const height = (next.naturalHeight / next.naturalWidth) * image.clientWidth;
  image.style.setProperty("height", `${height}px`);
  strip.style.setProperty("--paper-height", `${height}px`);
  strip.dataset.cut = String(cut);
  if (inSlot === PRINTING && old.startsWith("blob:")) {
    URL.revokeObjectURL(old);
  }
  inSlot = what;
}

// The paper in the slot leaves it and drifts away.
function fly() {
  if (strip.hidden) {
    return;
  }
  const from = image.getBoundingClientRect();
  const ghost = image.cloneNode();
  ghost.removeAttribute("id");
  ghost.style.setProperty("left", `${from.left}px`);
  ghost.style.setProperty("top", `${from.top}px`);
  ghost.style.setProperty("width", `${from.width}px`);
  flying.append(ghost);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    ghost.style.setProperty("transform", "translate(38vw, -18vh) rotate(9deg) scale(.8)");
    ghost.style.setProperty("opacity", "0");
  }));
  setTimeout(() => ghost.remove(), 800);
  strip.hidden = true;
  strip.style.removeProperty("--paper-height");
  strip.style.removeProperty("transform");
  inSlot = "";
}

function tear() {
  remove("/api/paper").catch(() => {});
}

tearButton.addEventListener("click", tear);

// Pull at the paper to tear it off; a click does it too.
let pull = null;
strip.addEventListener("pointerdown", (event) => {
  pull = { x: event.clientX, y: event.clientY, far: 0 };
  strip.setPointerCapture(event.pointerId);
  strip.classList.add("dragged");
});
strip.addEventListener("pointermove", (event) => {
  if (!pull) {
    return;
  }
  const x = event.clientX - pull.x;
  const y = Math.min(0, event.clientY - pull.y);
  pull.far = Math.hypot(x, y);
  strip.style.setProperty("transform", `translate(${x * 0.12}px, ${y * 0.1}px) rotate(${Math.max(-7, Math.min(7, x * 0.06))}deg)`);
});
for (const ending of ["pointerup", "pointercancel"]) {
  strip.addEventListener(ending, () => {
    const far = pull?.far ?? 0;
    pull = null;
    strip.classList.remove("dragged");
    strip.style.removeProperty("transform");
    if (far > STILL_PX) {
      strip.dataset.pulled = "true";  // the click that follows is none
      setTimeout(() => delete strip.dataset.pulled);
    }
    if (ending === "pointerup" && far >= TEAR_PX) {
      tear();
    }
  });
}
strip.addEventListener("click", () => {
  if (!strip.dataset.pulled) {
    tear();
  }
});
