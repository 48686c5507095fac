// The demo's page: takes a phone, sits down at a desk, moves the clock. Both sides are the real pages in frames.
const language = document.documentElement.lang;
const phone = document.getElementById("phone");
const desk = document.getElementById("desk");
const notice = document.getElementById("notice");
const phoneOf = document.getElementById("phone-of");
const deskOf = document.getElementById("desk-of");

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

async function showNow() {
  const state = await (await fetch("state?language=" + language)).json();
  const now = document.getElementById("now");
  now.textContent = state.words;
  now.dateTime = state.now;
}

async function move(by) {
  const buttons = [...document.querySelectorAll("[data-move]")];
  buttons.forEach((button) => { button.disabled = true; });
  notice.textContent = notice.dataset.moving;
  try {
    await post("clock", { by });
    notice.textContent = notice.dataset.moved;
    desk.contentWindow.location.reload();
  } catch {
    notice.textContent = notice.dataset.failed;
  }
  buttons.forEach((button) => { button.disabled = false; });
  await showNow();
}

document.querySelectorAll("[data-move]").forEach((button) => {
  button.addEventListener("click", () => move(button.dataset.move));
});
phoneOf.addEventListener("change", () => takePhone(phoneOf.value));
document.getElementById("phone-again").addEventListener("click", () => takePhone(phoneOf.value));
deskOf.addEventListener("change", () => takeDesk(deskOf.value));

takePhone(phoneOf.value);
takeDesk(deskOf.value);
showNow();
setInterval(showNow, 30000);
