/** What the person has sent and the server has not yet shown back. Sent in order; a repeat carries the same identifier. */
import { freshId } from "./dom.js";

const BUSY_TRIES = 4;
const BUSY_PAUSE = 3; // seconds, when the server names none
const CLOCKS_DIFFER = 120; // seconds between phone and server; an older message with the same words is another one

function same(a, b) {
  return a.replace(/\s+/g, " ").trim() === b.replace(/\s+/g, " ").trim();
}

export class Outbox {
  /**
   * `deliver(text, clientId)` settles the message or leaves it to be read later, and throws ApiError;
   * `changed()` after every change; `refused(error)` for a failure.
   */
  constructor({ deliver, changed, refused }) {
    this.deliver = deliver;
    this.changed = changed;
    this.refused = refused;
    this.items = []; // {id, text, date, state: "pending" | "accepted" | "failed"}
    this.running = false;
  }

  /** Messages for the screen. */
  get shown() {
    return this.items.map((item) => ({
      id: item.id, from: "me", date: item.date, text: item.text, entities: [], buttons: [],
      state: item.state === "accepted" ? "sent" : item.state,
    }));
  }

  /** Texts not accepted yet, to be kept over a reload. */
  get unsent() {
    return this.items.filter((item) => item.state !== "accepted").map(({ id, text, date }) => ({ id, text, date }));
  }

  /** Put back what was kept; it waits for "try again" or for the connection. */
  restore(items) {
    this.items.push(...items.map((item) => ({ ...item, state: "failed" })));
    this.changed();
  }

  add(text) {
    this.items.push({ id: freshId(), text, date: Math.floor(Date.now() / 1000), state: "pending" });
    this.changed();
    this.run();
  }

  retry(id) {
    for (const item of this.items) if (item.state === "failed" && (!id || item.id === id)) item.state = "pending";
    this.changed();
    this.run();
  }

  discard(id) {
    this.settle(id);
    this.changed();
  }

  clear() {
    this.items = [];
  }

  /** The server has given this message back: it is no longer on its way. */
  settle(id) {
    this.items = this.items.filter((item) => item.id !== id);
  }

  /** A message of the person's own was read from the server before, or without, an answer to sending it. */
  arrived(message) {
    const alike = this.items.filter((item) => message.date >= item.date - CLOCKS_DIFFER && same(item.text, message.text));
    const item = alike.find((one) => one.state !== "failed") ?? alike[0];
    if (item) this.settle(item.id);
  }

  async run() {
    if (this.running) return;
    this.running = true;
    try {
      for (let item = this.next(); item; item = this.next()) await this.post(item);
    } finally {
      this.running = false;
    }
  }

  next() {
    return this.items.find((item) => item.state === "pending");
  }

  async post(item, tries = 1) {
    try {
      await this.deliver(item.text, item.id);
      item.state = "accepted";
    } catch (error) {
      if (error.status === 429 && tries < BUSY_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * (error.wait || BUSY_PAUSE)));
        return this.post(item, tries + 1);
      }
      // One refusal holds back the rest: messages must not overtake each other.
      for (const other of this.items) if (other.state === "pending") other.state = "failed";
      this.refused(error);
    }
    this.changed();
  }
}
