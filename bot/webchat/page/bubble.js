/** One message as an element: what was said, when, whether it came through, its buttons and its reading aloud. */
import { ownAddress } from "./api.js";
import { keyboard } from "./buttons.js";
import { el, icon, unseen } from "./dom.js";
import { richText } from "./entities.js";
import { clock, fileSize, fileType, spell } from "./format.js";
import { t } from "./language.js";
import { canSpeak, nowReading } from "./speech.js";

const STATES = { pending: ["clock", "sending"], sent: ["tick", "sent"], received: ["ticks", "received"] };

/** A command of the person's own is shown by its name; what follows "/start" is an invitation and not for showing. */
function shownText(message, hooks) {
  if (message.from !== "me" || !message.text?.startsWith("/")) return message.text;
  return hooks.commandName(message.text.slice(1).split(/[\s@]/)[0]) ?? message.text;
}

/** What is read aloud for a message: its text, then the choices under it. */
export function spokenText(message) {
  const labels = (message.buttons ?? []).flat().map((button) => button.text.replace(/^[☐☑✅⬜‹]\s*/u, ""));
  const choices = labels.map((label) => (/[.!?…]$/.test(label) ? label : `${label}.`)).join(" ");
  const own = message.from === "me" && /^\/\w+/.test(message.text ?? "") ? "" : message.text;
  const text = own || message.photo?.alt || (message.document ? fileName(message.document) : "") || "";
  return choices ? `${text}\n${t("readChoices", { choices })}` : text;
}

function picture(message, onEnlarge) {
  const { photo } = message;
  const address = ownAddress(photo.url);
  if (!address) return null;
  const name = photo.alt || message.text?.split("\n")[0] || t(message.from === "me" ? "yourPicture" : "picture");
  const image = el("img", { src: address, alt: name, width: photo.width, height: photo.height, loading: "lazy" });
  const button = el("button", { type: "button", class: "picture", "aria-label": t("enlarge", { name }) }, image);
  button.addEventListener("click", () => onEnlarge(address, name));
  return button;
}

/** What a file is called where it is not shown by name. */
export function fileName(document) {
  if (document.kind === "voice") return t("voiceMessage", { time: spell(document.seconds) });
  return document.name || t("file");
}

/** A player for sounds and films: the browser's own, which everybody knows and every screen reader can use. */
function player(document, address) {
  const tag = document.kind === "video" ? "video" : "audio";
  const node = el(tag, { class: "player", src: address, controls: true, preload: "none", playsinline: true, "aria-label": fileName(document) });
  return el("div", { class: "sound" }, node, el("span", { class: "size", dir: "auto", text: fileName(document) }));
}

/** What is on its way: what it is, how far it has come, and a way to stop it. */
function upload(message, hooks) {
  const { upload: facts, preview } = message;
  const parts = [];
  if (facts.kind === "photo" && preview) parts.push(el("img", { class: "underway", src: preview, alt: t("yourPicture") }));
  else parts.push(el("div", { class: "file" }, icon(facts.kind === "voice" ? "mic" : "file"), words(facts)));
  if (message.state !== "pending") return parts;
  parts.push(el("div", { class: "way" },
    el("progress", { max: 1, value: hooks.progress(message.id), "aria-label": t("sendingFile", { name: fileName(facts) }) }),
    el("button", { type: "button", class: "plain cancel", text: t("cancel"), on: { click: () => hooks.discard(message.id) } })));
  return parts;
}

function words(document) {
  return el(
    "span",
    { class: "words" },
    el("span", { class: "name", dir: "auto", text: fileName(document) }),
    el("span", { class: "size", text: `${fileType(document)} · ${fileSize(document.size ?? 0)}` }),
  );
}

function file(document) {
  const address = ownAddress(document.url);
  if (!address) return null;
  if (["voice", "audio", "video"].includes(document.kind)) return player(document, address);
  return el("a", { class: "file", href: address, download: document.name ?? true }, icon("file"), unseen(t("download")), words(document));
}

function meta(message) {
  const node = el("span", { class: "meta" });
  if (message.edited && message.from === "me") node.append(el("span", { text: t("edited") }));
  if (message.late) node.append(el("span", { class: "late", text: t("late") }));
  node.append(el("time", { datetime: new Date(message.date * 1000).toISOString(), text: clock(message.date) }));
  if (message.from === "me" && !message.deleted && message.state !== "failed") {
    const [drawing, word] = STATES[message.state] ?? STATES.sent;
    node.append(el("span", { class: `state ${message.state}` }, icon(drawing), unseen(t(word))));
  }
  return node;
}

function speaker(message, onRead) {
  if (!canSpeak() || message.deleted || !spokenText(message).trim()) return null;
  const reading = nowReading() === message.id;
  const button = el("button", { type: "button", class: "speak", "aria-label": t(reading ? "stopReading" : "read") },
    icon(reading ? "stop" : "speaker"));
  if (reading) button.classList.add("reading");
  button.addEventListener("click", () => onRead(message.id));
  return button;
}

function failure(message, hooks) {
  if (message.state !== "failed") return null;
  return el(
    "div",
    { class: "failure" },
    el("span", { class: "why" }, icon("warning"), t({ too_big: "tooBig", no_room: "noRoom" }[message.why] ?? "notSent")),
    message.why ? null
      : el("button", { type: "button", class: "plain retry", text: t("retry"), on: { click: () => hooks.retry(message.id) } }),
    el("button", { type: "button", class: "plain", text: t("discard"), on: { click: () => hooks.discard(message.id) } }),
  );
}

function content(message, hooks) {
  if (message.deleted) return [el("div", { class: "text gone", text: t("deleted") })];
  const parts = [];
  if (message.upload) parts.push(...upload(message, hooks));
  if (message.photo) parts.push(picture(message, hooks.enlarge));
  if (message.document) parts.push(file(message.document));
  if (message.text) {
    const text = el("div", { class: "text", dir: "auto" });
    const shown = shownText(message, hooks);
    text.append(...richText(shown, shown === message.text ? message.entities : [], message.from === "bot"));
    parts.push(text);
  }
  return parts;
}

/**
 * Fill `node` with the message. Called again when the message changes: the element stays, so nothing jumps,
 * and keyboard focus stays on the same button or moves to the first of the new ones.
 * `hooks`: presses, tap(id, data, node), read(id), enlarge(address, name), retry(id), discard(id), progress(id),
 * commandName(word).
 * `message.late`: it was sent a while ago and has not come through.
 */
export function fill(node, message, hooks) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const who = t("said", { who: t(message.from === "me" ? "you" : "them") });
  const bubble = el("div", { class: "bubble" }, unseen(who), ...content(message, hooks), meta(message));
  const line = el("div", { class: "line" }, bubble, speaker(message, hooks.read));
  const keys = keyboard(message, hooks.presses, hooks.tap);
  node.className = `message ${message.from === "me" ? "mine" : "theirs"}`;
  if (keys) node.classList.add("asks");
  if (nowReading() === message.id) node.classList.add("aloud");
  node.replaceChildren(line, ...[keys, failure(message, hooks)].filter(Boolean));
  if (focused) restoreFocus(node, focused);
}

function restoreFocus(node, focused) {
  const buttons = [...node.querySelectorAll(".answer")];
  const same = focused.classList.contains("speak") ? node.querySelector(".speak")
    : buttons.find((button) => button.dataset.data && button.dataset.data === focused.dataset.data);
  const next = same ?? buttons[0] ?? node.querySelector(".speak");
  next?.focus({ preventScroll: true });
}
