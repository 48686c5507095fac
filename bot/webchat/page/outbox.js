/**
 * What the person has sent and the server has not yet shown back. Sent in order; a repeat carries the same identifier.
 * Files have a line of their own, so that words never wait behind them.
 */
import { freshId } from "./dom.js";

const BUSY_TRIES = 4;
const BUSY_PAUSE = 3; // seconds, when the server names none
const FOR_GOOD = ["too_big", "no_room", "empty"]; // refusals of a file that another try does not change
const CLOCKS_DIFFER = 120; // seconds between phone and server; an older message with the same words is another one

function same(a, b) {
  return a.replace(/\s+/g, " ").trim() === b.replace(/\s+/g, " ").trim();
}

function sameFile(item, message) {
  const file = message.photo ?? message.document;
  return item.file ? file?.size === item.file.facts.size : !file;
}

function lineOf(item) {
  return item.file ? "files" : "words";
}

export class Outbox {
  /**
   * `deliver(item, signal)` settles the message or leaves it to be read later, and throws ApiError;
   * `changed()` after every change; `refused(error)` for a failure.
   */
  constructor({ deliver, changed, refused }) {
    this.deliver = deliver;
    this.changed = changed;
    this.refused = refused;
    this.items = []; // {id, text, date, file?, state: "pending" | "accepted" | "failed", why?}
    this.running = { words: false, files: false };
    this.cancels = new Map(); // id -> AbortController of what is being sent
  }

  /** Messages for the screen. */
  get shown() {
    return this.items.map((item) => ({
      id: item.id, from: "me", date: item.date, text: item.text, entities: [], buttons: [],
      state: item.state === "accepted" ? "sent" : item.state, upload: item.file?.facts, preview: item.file?.address, why: item.why,
    }));
  }

  /** What is not accepted yet. */
  get unsent() {
    return this.items.filter((item) => item.state !== "accepted").map(({ id, text, date, file }) => ({ id, text, date, file }));
  }

  /** Words not accepted yet, to be kept over a reload. Files are too private and too big to be kept on the device. */
  get unsentWords() {
    return this.unsent.filter((item) => !item.file).map(({ id, text, date }) => ({ id, text, date }));
  }

  /** Put back what was kept; it waits for "try again" or for the connection. */
  restore(items) {
    this.items.push(...items.map((item) => ({ ...item, state: "failed" })));
    this.changed();
  }

  /** `file`: {blob, facts: {kind, name, mime, size, seconds?, width?, height?}, address?} */
  add(text, file = undefined) {
    this.items.push({ id: freshId(), text, file, date: Math.floor(Date.now() / 1000), state: "pending" });
    this.changed();
    this.run();
  }

  retry(id) {
    for (const item of this.items) {
      // What was refused for good is tried again only when it is asked for by name.
      if (item.state === "failed" && (id ? item.id === id : !item.why)) Object.assign(item, { state: "pending", why: undefined });
    }
    this.changed();
    this.run();
  }

  discard(id) {
    this.cancels.get(id)?.abort();
    this.settle(id);
    this.changed();
  }

  clear() {
    for (const cancel of this.cancels.values()) cancel.abort();
    this.items = [];
  }

  /** The server has given this message back: it is no longer on its way. */
  settle(id) {
    for (const item of this.items) if (item.id === id && item.file?.address) URL.revokeObjectURL(item.file.address);
    this.items = this.items.filter((item) => item.id !== id);
  }

  /** A message of the person's own was read from the server before, or without, an answer to sending it. */
  arrived(message) {
    const alike = this.items.filter((item) => message.date >= item.date - CLOCKS_DIFFER && same(item.text, message.text) && sameFile(item, message));
    const item = alike.find((one) => one.state !== "failed") ?? alike[0];
    if (item) this.settle(item.id);
  }

  run() {
    for (const line of ["words", "files"]) this.runLine(line);
  }

  async runLine(line) {
    if (this.running[line]) return;
    this.running[line] = true;
    try {
      for (let item = this.next(line); item; item = this.next(line)) await this.post(item);
    } finally {
      this.running[line] = false;
    }
  }

  next(line) {
    return this.items.find((item) => item.state === "pending" && lineOf(item) === line);
  }

  async post(item, tries = 1) {
    const cancel = new AbortController();
    this.cancels.set(item.id, cancel);
    try {
      await this.deliver(item, cancel.signal);
      item.state = "accepted";
    } catch (error) {
      if (cancel.signal.aborted) return undefined;
      if (error.status === 429 && tries < BUSY_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * (error.wait || BUSY_PAUSE)));
        return this.items.includes(item) ? this.post(item, tries + 1) : undefined;
      }
      item.state = "failed";
      if (item.file && FOR_GOOD.includes(error.code)) item.why = error.code;
      // One refusal holds back the rest: messages must not overtake each other.
      else for (const other of this.items) if (other.state === "pending" && lineOf(other) === lineOf(item)) other.state = "failed";
      this.refused(error);
    } finally {
      this.cancels.delete(item.id);
    }
    this.changed();
    return undefined;
  }
}
