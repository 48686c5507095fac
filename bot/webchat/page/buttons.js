/** The buttons under a message: drawing them, and pressing each once. */
import { freshId, el, icon, unseen } from "./dom.js";
import { safeAddress } from "./entities.js";
import { t } from "./language.js";

const HOLD = 700; // milliseconds: a double tap is one press
const SHIELD = 400; // milliseconds: a tap meant for the question before must not answer the next
const BOXES = { "☐": "box", "☑": "box-on", "✅": "box-on", "⬜": "box" };

/** Presses under way. A press that failed keeps its identifier, so trying again cannot count twice. */
export class Presses {
  constructor(deliver) {
    this.deliver = deliver; // async (messageId, data, clientId)
    this.held = new Set(); // too early to press again
    this.flying = new Set(); // sent, not yet answered
    this.identifiers = new Map();
    this.shields = new Map();
    this.line = Promise.resolve();
  }

  static key(messageId, data) {
    return JSON.stringify([messageId, data]);
  }

  isFlying(messageId, data) {
    return this.flying.has(Presses.key(messageId, data));
  }

  /** The question has just changed under the person's finger. */
  shield(messageId) {
    this.shields.set(messageId, performance.now() + SHIELD);
  }

  /** Send one press, in order after those before it. Answers null when the tap was a double one. */
  async tap(messageId, data) {
    const key = Presses.key(messageId, data);
    if (this.held.has(key) || (this.shields.get(messageId) ?? 0) > performance.now()) return null;
    const identifier = this.identifiers.get(key) ?? freshId();
    this.identifiers.set(key, identifier);
    const pause = new Promise((resolve) => setTimeout(resolve, HOLD));
    this.held.add(key);
    this.flying.add(key);
    const turn = this.line.then(() => this.deliver(messageId, data, identifier));
    this.line = turn.catch(() => undefined);
    try {
      await turn;
      this.identifiers.delete(key);
      return true;
    } finally {
      this.flying.delete(key);
      pause.then(() => this.held.delete(key));
    }
  }
}

function label(text) {
  const box = BOXES[Array.from(text)[0]];
  return box ? { box, words: text.slice(Array.from(text)[0].length).trim() } : { box: null, words: text };
}

function face(text) {
  // A word too long for a narrow phone may break; ordinary words never do.
  const long = text.split(/\s+/).some((word) => word.length > 16);
  return el("span", { class: long ? "label breaks" : "label", dir: "auto", text });
}

function linkButton(button) {
  const address = safeAddress(button.url);
  if (!address) return null;
  const web = address.startsWith("http");
  return el(
    "a",
    { class: "answer", href: address, target: web ? "_blank" : null, rel: "noopener noreferrer" },
    face(button.text),
    web ? icon("out") : null,
    web ? unseen(`(${t("newTab")})`) : null,
  );
}

function pressButton(message, button, presses, onTap) {
  const { box, words } = label(button.text);
  const chosen = !box && message.pressed === button.data;
  const node = el("button", { type: "button", class: "answer", data: { data: button.data } });
  if (box) {
    node.classList.add("toggle");
    node.setAttribute("role", "checkbox");
    node.setAttribute("aria-checked", String(box === "box-on"));
    node.append(icon(box));
  }
  if (chosen) {
    node.classList.add("chosen");
    node.append(icon("check"));
  }
  node.append(face(words));
  if (chosen) node.append(unseen(`(${t("chosen")})`));
  if (presses.isFlying(message.id, button.data)) node.classList.add("busy");
  node.addEventListener("click", () => onTap(message.id, button.data, node));
  return node;
}

/** The rows of buttons under a message, or null. A row that starts with "‹" is for finding one's way, and quieter. */
export function keyboard(message, presses, onTap) {
  if (!message.buttons?.length || message.deleted) return null;
  const rows = message.buttons.map((row) => {
    const quiet = row[0]?.text.startsWith("‹");
    const nodes = row.map((one) => (one.url ? linkButton(one) : pressButton(message, one, presses, onTap)));
    return el("div", { class: quiet ? "row quiet" : "row" }, ...nodes);
  });
  return el("div", { class: "keyboard", role: "group", "aria-label": t("answers") }, ...rows);
}
