/** The conversation on the screen: messages in order, one element each, under their days. */
import { fill } from "./bubble.js";
import { el } from "./dom.js";
import { dayKey, dayName } from "./format.js";

const TOGETHER = 300; // seconds within which messages from one side belong together
const LATE = 4000; // milliseconds after which it is said that a message has not come through yet

export class Thread {
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.known = new Map(); // id -> message
    this.nodes = new Map(); // id -> {node, drawn}
    this.waiting = []; // messages on their way, shown last
    this.sentAt = new Map(); // id -> when this page first saw it sent and not received
  }

  get size() {
    return this.known.size + this.waiting.length;
  }

  get(id) {
    return this.known.get(id) ?? this.waiting.find((message) => message.id === id) ?? null;
  }

  /** Identifier of the oldest message here, or undefined. */
  get oldest() {
    return this.known.size ? Math.min(...this.known.keys()) : undefined;
  }

  /** Date of the newest message here, in seconds, or 0. */
  get latest() {
    return Math.max(0, ...[...this.known.values()].map((message) => message.date));
  }

  node(id) {
    return this.nodes.get(id)?.node ?? null;
  }

  /** Take in messages from the server. Answers which were new and which were changed, in order. */
  merge(messages) {
    const added = [];
    const changed = [];
    for (const message of messages) {
      const before = this.known.get(message.id);
      this.known.set(message.id, message);
      if (!before) added.push(message);
      else if (JSON.stringify(before) !== JSON.stringify(message)) changed.push({ before, message });
    }
    return { added, changed };
  }

  /** Draw one message again, for what is not part of the message itself. */
  refresh(id) {
    const entry = this.nodes.get(id);
    if (entry) {
      entry.drawn = null;
      this.draw();
    }
  }

  /** Draw all again, in another language. */
  redraw() {
    for (const entry of this.nodes.values()) entry.drawn = null;
    this.draw();
  }

  /** Forget everything and empty the screen. */
  wipe() {
    this.known.clear();
    this.nodes.clear();
    this.sentAt.clear();
    this.waiting = [];
    this.root.replaceChildren();
  }

  ordered() {
    const settled = [...this.known.values()].sort((a, b) => a.id - b.id);
    return [...settled, ...this.waiting];
  }

  /** Whether a message of the person's own has waited for long to come through. Asks to be drawn again when it has. */
  isLate(message) {
    if (message.from !== "me" || message.deleted || message.state !== "sent") {
      this.sentAt.delete(message.id);
      return false;
    }
    if (!this.sentAt.has(message.id)) {
      this.sentAt.set(message.id, performance.now());
      setTimeout(this.hooks.late, LATE + 20);
    }
    return performance.now() - this.sentAt.get(message.id) >= LATE;
  }

  place(message) {
    const entry = this.nodes.get(message.id) ?? { node: el("div", { data: { id: message.id } }), drawn: null };
    this.nodes.set(message.id, entry);
    const shown = { ...message, late: this.isLate(message) };
    const drawn = JSON.stringify(shown);
    if (entry.drawn !== drawn) {
      const again = entry.drawn !== null;
      fill(entry.node, shown, this.hooks);
      if (!again) entry.node.classList.add("arrives");
      entry.drawn = drawn;
    }
    return entry.node;
  }

  /** Bring the screen in line with what is known, touching only what differs. */
  draw() {
    const days = new Map();
    for (const message of this.ordered()) {
      const key = dayKey(message.date);
      if (!days.has(key)) days.set(key, []);
      days.get(key).push(message);
    }
    const sections = [...days].map(([key, messages]) => this.section(key, messages));
    settle(this.root, sections);
    const alive = new Set(this.ordered().map((message) => message.id));
    for (const known of [this.nodes, this.sentAt]) {
      for (const id of known.keys()) if (!alive.has(id)) known.delete(id);
    }
  }

  section(key, messages) {
    const section = this.root.querySelector(`section[data-day="${key}"]`) ?? el("section", { class: "day", data: { day: key } });
    const heading = section.querySelector("h2") ?? el("h2");
    const name = dayName(messages[0].date);
    if (heading.textContent !== name) heading.textContent = name;
    settle(section, [heading, ...messages.map((message) => this.place(message))]);
    messages.forEach((message, index) => {
      const node = this.nodes.get(message.id).node;
      node.classList.toggle("joins", together(messages[index - 1], message));
      node.classList.toggle("continues", together(message, messages[index + 1]));
    });
    return section;
  }
}

function together(first, second) {
  return Boolean(first && second && first.from === second.from && second.date - first.date < TOGETHER && !first.buttons?.length);
}

function settle(parent, children) {
  children.forEach((child, index) => {
    if (parent.childNodes[index] !== child) parent.insertBefore(child, parent.childNodes[index] ?? null);
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
}
