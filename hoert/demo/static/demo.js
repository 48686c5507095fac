// The demo's page: takes a phone, sits down at a desk, moves the clock, pulls the plug. Both sides are the real pages.
const language = document.documentElement.lang;
const phone = document.getElementById("phone");
const desk = document.getElementById("desk");
const notice = document.getElementById("notice");
const phoneOf = document.getElementById("phone-of");
const deskOf = document.getElementById("desk-of");
const plug = document.getElementById("plug");
const plugSays = document.getElementById("plug-says");
const plugButton = document.getElementById("plug-button");
const movers = [...document.querySelectorAll("[data-move]")];

async function post(path, body, headers = {}) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function takePhone(who) {
  const taken = await post("phone", { who });
  const home = "../phone/" + taken.phone + "/";
  if (taken.session) await post(home + "api/session", { session: taken.session }, { "X-Hoert": "1" });
  phone.src = home + "?" + Date.now() + (taken.invitation ? "#start=" + encodeURIComponent(taken.invitation) : "");
}

async function takeDesk(who) {
  await post("desk", { who });
  desk.src = "../";
}

// What the server says: the time, the plug, and what waits on either side of it. Asked often while something waits.
let timer = 0;
let moving = false;
let changing = false;
let wasOut = false;

async function look() {
  clearTimeout(timer);
  let pause = 5000;
  try {
    const state = await (await fetch("state?language=" + language)).json();
    const now = document.getElementById("now");
    now.textContent = state.words;
    now.dateTime = state.now;
    pause = showPlug(state.plug);
  } finally {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  }
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words; // Said once, not at every look.
}

function showPlug(state) {
  const waits = state.from_young + state.from_hoert > 0;
  const words = plug.dataset;
  plug.classList.toggle("out", !state.in);
  plug.classList.toggle("waits", waits && (wasOut || !state.in));
  write(document.getElementById("from-young"), String(state.from_young));
  write(document.getElementById("from-hoert"), String(state.from_hoert));
  write(document.getElementById("plug-since"), state.since_words);
  write(plugSays, !state.in ? words.isOut : !wasOut ? words.isIn : waits ? words.onItsWay : words.arrived);
  write(plugButton, state.in ? words.pull : words.putIn);
  plugButton.dataset.wanted = state.in ? "out" : "in";
  if (!state.in) wasOut = true;
  enable(state.in);
  return !state.in || (wasOut && waits) ? 1000 : 5000;
}

function enable(plugged) {
  movers.forEach((button) => { button.disabled = moving || !plugged; });
  plugButton.disabled = moving || changing;
}

async function turnPlug() {
  changing = true;
  plugButton.disabled = true;
  try {
    await post("plug", { in: plugButton.dataset.wanted === "in" });
    changing = false;
    await look();
  } catch {
    changing = false;
    plugButton.disabled = false;
    plugSays.textContent = plug.dataset.failed;
  }
}

async function move(by) {
  moving = true;
  enable(true);
  notice.textContent = notice.dataset.moving;
  try {
    await post("clock", { by });
    notice.textContent = notice.dataset.moved;
    desk.contentWindow.location.reload();
  } catch {
    notice.textContent = notice.dataset.failed;
  }
  moving = false;
  await look();
}

movers.forEach((button) => button.addEventListener("click", () => move(button.dataset.move)));
plugButton.addEventListener("click", turnPlug);
phoneOf.addEventListener("change", () => takePhone(phoneOf.value));
document.getElementById("phone-again").addEventListener("click", () => takePhone(phoneOf.value));
deskOf.addEventListener("change", () => takeDesk(deskOf.value));

takePhone(phoneOf.value);
takeDesk(deskOf.value);
look();
