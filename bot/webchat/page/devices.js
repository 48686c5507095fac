/** My devices: where I am signed in, one more, and out again. */
import * as api from "./api.js";
import { el, icon } from "./dom.js";
import { lastSeen, spell } from "./format.js";
import { t } from "./language.js";
import { sheet } from "./sheets.js";

const SYSTEMS = { iphone: "iPhone", ipad: "iPad", android: "Android", windows: "Windows", macintosh: "Mac", cros: "Chromebook", linux: "Linux" };
const BROWSERS = { edg: "Edge", samsungbrowser: "Samsung", opr: "Opera", firefox: "Firefox", fxios: "Firefox", crios: "Chrome", chrome: "Chrome", safari: "Safari" };
const QUIET = 4; // empty squares around a QR code, which readers need
const SVG = "http://www.w3.org/2000/svg";

/** "Android · Chrome", from what a browser says of itself. */
function called(name) {
  const words = name.split(" ").map((word) => SYSTEMS[word] ?? BROWSERS[word]).filter(Boolean);
  return words.join(" · ") || t("device");
}

/** A QR code as a drawing. `rows`: strings of 0 and 1. */
function drawing(rows) {
  const svg = document.createElementNS(SVG, "svg");
  const size = rows.length + 2 * QUIET;
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("qr"));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rows.flatMap((row, y) => Array.from(row, (one, x) => (one === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ""))).join(""));
  svg.append(path);
  return svg;
}

function row(device, onEnd) {
  const seen = device.here ? t("thisDevice") : t("lastSeen", { when: lastSeen(device.seen_at) });
  const out = device.here ? null
    : el("button", { type: "button", class: "plain", text: t("signOut"), "aria-label": t("signOutOf", { name: called(device.name) }) });
  out?.addEventListener("click", () => onEnd({ id: device.id }));
  return el("li", { class: "device" }, el("span", { class: "words" },
    el("span", { class: "name", text: called(device.name) }), el("span", { class: "soft", text: seen })), out);
}

/** Sign out the device in one's hand. */
export async function endThisDevice() {
  const { devices } = await api.devices();
  await api.endDevices({ id: devices.find((one) => one.here).id });
}

/** `on`: leave(), signing this device out; trouble(error), which answers whether it dealt with a failure. */
export async function openDevices(on) {
  const body = el("div", { class: "stack" });
  const told = el("p", { class: "soft", role: "status", text: `${t("loading")} …` });
  sheet(t("devices"), body, told);

  async function ending(which) {
    try {
      await api.endDevices(which);
      await show();
      told.textContent = t("signedOutThere");
    } catch (error) {
      if (!on.trouble(error)) told.textContent = t("startFailed");
    }
  }

  async function show() {
    const { devices } = await api.devices();
    const add = el("button", { type: "button", class: "second", text: t("deviceAdd"), on: { click: () => openCode(on) } });
    const others = devices.length > 1
      ? el("button", { type: "button", class: "plain", text: t("signOutOthers"), on: { click: () => ending({ others: true }) } }) : null;
    const leave = el("button", { type: "button", class: "plain", text: t("signOutHere"), on: { click: on.leave } });
    body.replaceChildren(el("ul", { class: "devices" }, ...devices.map((one) => row(one, ending))), add,
      ...[others, leave].filter(Boolean));
    told.textContent = "";
  }

  try {
    await show();
  } catch (error) {
    if (!on.trouble(error)) told.textContent = t("startFailed");
  }
}

/** A code for one more device of one's own: to type, or to point a camera at. */
async function openCode(on) {
  const body = el("div", { class: "stack code-sheet" }, el("p", { class: "soft", role: "status", text: `${t("loading")} …` }));
  const dialog = sheet(t("deviceAdd"), body);
  let clock = 0;
  dialog.addEventListener("close", () => clearInterval(clock));
  try {
    const { code, seconds, squares } = await api.deviceCode();
    const until = Date.now() + 1000 * seconds;
    const left = el("p", { class: "soft" });
    const tick = () => {
      const rest = Math.max(0, (until - Date.now()) / 1000);
      left.textContent = rest ? t("codeLeft", { time: spell(rest) }) : t("codeOver");
      if (!rest) clearInterval(clock);
    };
    body.replaceChildren(
      el("p", { text: t("codeHow") }),
      ...(squares.length ? [drawing(squares)] : []),
      el("p", { class: "soft", text: t("codeOr", { address: new URL("../", import.meta.url).href.replace(/^https?:\/\//, "") }) }),
      el("p", { class: "big-code", dir: "ltr", text: `${code.slice(0, 4)}-${code.slice(4)}` }),
      left,
      el("p", { class: "warn" }, icon("warning"), el("span", { text: t("codeWarn") })),
    );
    tick();
    clock = setInterval(tick, 1000);
  } catch (error) {
    if (!on.trouble(error)) body.replaceChildren(el("p", { class: "error", role: "alert", text: t("startFailed") }));
  }
}
