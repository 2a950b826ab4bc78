// The cards: pressed or dragged onto the terminal they are held to its reader.

import { post } from "./link.js";

const CARDS = [
  { number: "6200000000000013", says: "1 000.00", name: "Everyday" },
  { number: "6200000000000021", says: "1.00: too little", name: "Nearly empty" },
  { number: "6200000000000039", says: "frozen", name: "Frozen" },
  { number: "6200000000000047", says: "1 000 000.00", name: "Wealthy" },
];

const list = document.getElementById("cards");
const device = document.getElementById("device");
const reader = document.getElementById("reader");
const form = document.getElementById("own-card");
const number = document.getElementById("own-number");
const error = document.getElementById("own-error");

list.replaceChildren(...CARDS.map((card, index) => {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = `card kind-${index}`;
  button.dataset.number = card.number;
  button.setAttribute("aria-label", `Hold card ${spaced(card.number)}, ${card.says}, to the reader`);
  button.append(part("b", card.name), part("span", spaced(card.number)), part("small", card.says));
  item.append(button);
  return item;
}));

function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function spaced(digits) {
  return digits.replace(/(.{4})(?=.)/g, "$1 ");
}

async function present(digits) {
  error.textContent = "";
  try {
    await post("/api/card", { number: digits });
  } catch (problem) {
    error.textContent = problem.message;
  }
}

// A copy of the card moves to the reader, stays there while it is read, and goes back.
async function hold(card, ghost) {
  card.classList.add("used");
  ghost.classList.add("gliding");
  const goal = reader.getBoundingClientRect();
  const size = ghost.getBoundingClientRect();
  place(ghost, goal.left + goal.width / 2 - size.width / 2, goal.top + goal.height / 2 - size.height * 0.35);
  await Promise.all([present(card.dataset.number), new Promise((done) => setTimeout(done, 650))]);
  giveBack(card, ghost);
}

function giveBack(card, ghost) {
  const home = card.getBoundingClientRect();
  ghost.classList.add("gliding");
  place(ghost, home.left, home.top);
  setTimeout(() => {
    ghost.remove();
    card.classList.remove("used");
  }, 280);
}

function lifted(card) {
  const home = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.classList.add("flying-card");
  ghost.setAttribute("aria-hidden", "true");
  ghost.tabIndex = -1;
  ghost.style.setProperty("width", `${home.width}px`);
  place(ghost, home.left, home.top);
  document.body.append(ghost);
  ghost.getBoundingClientRect();
  return ghost;
}

function place(ghost, left, top) {
  ghost.style.setProperty("left", `${left}px`);
  ghost.style.setProperty("top", `${top}px`);
}

let drag = null;
list.addEventListener("pointerdown", (event) => {
  const card = event.target.closest(".card");
  if (card && !event.button && !card.classList.contains("used")) {
    drag = { card, x: event.clientX, y: event.clientY, ghost: null };
    card.setPointerCapture(event.pointerId);
  }
});
list.addEventListener("pointermove", (event) => {
  if (!drag) {
    return;
  }
  const x = event.clientX - drag.x;
  const y = event.clientY - drag.y;
  if (!drag.ghost && Math.hypot(x, y) > 8) {
    drag.ghost = lifted(drag.card);
    drag.card.classList.add("used");
  }
  if (drag.ghost) {
    const home = drag.card.getBoundingClientRect();
    place(drag.ghost, home.left + x, home.top + y);
    device.classList.toggle("target", over(event));
  }
});
for (const ending of ["pointerup", "pointercancel"]) {
  list.addEventListener(ending, (event) => {
    const moved = drag;
    drag = null;
    device.classList.remove("target");
    if (!moved?.ghost) {
      return;
    }
    moved.card.dataset.dragged = "true";
    setTimeout(() => delete moved.card.dataset.dragged);
    if (ending === "pointerup" && over(event)) {
      hold(moved.card, moved.ghost);
    } else {
      giveBack(moved.card, moved.ghost);
    }
  });
}
list.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  if (card && !card.dataset.dragged && !card.classList.contains("used")) {
    hold(card, lifted(card));
  }
});

function over(event) {
  const edge = device.getBoundingClientRect();
  return event.clientX > edge.left && event.clientX < edge.right && event.clientY > edge.top && event.clientY < edge.bottom;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const digits = number.value.replace(/\s/g, "");
  if (!/^\d{1,19}$/.test(digits)) {
    error.textContent = "A card number has digits only, 19 at most.";
    number.focus();
    return;
  }
  number.blur();
  present(digits);
});
