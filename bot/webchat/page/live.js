/** Being up to date: one event stream with its own patience, because a closed EventSource never comes back by itself. */
import { events } from "./api.js";

const FIRST_PAUSE = 1000; // milliseconds
const LONGEST_PAUSE = 30_000;
const SILENCE_BEFORE_WORDS = 2500; // a short break is nobody's business

export class Live {
  /** `on`: change(), quiet(), typing(), notice({text, alert}), header({title, subtitle}), state("online"|"offline"|"reconnecting"). */
  constructor(on) {
    this.on = on;
    this.source = null;
    this.pause = FIRST_PAUSE;
    this.timers = { again: 0, words: 0 };
    this.state = "online";
    this.running = false;
    addEventListener("online", () => this.running && this.connect());
    addEventListener("offline", () => this.running && this.lost());
    document.addEventListener("visibilitychange", () => {
      if (!this.running) return;
      if (document.visibilityState !== "visible") return void (this.on.quiet() && this.rest());
      if (this.source?.readyState === EventSource.OPEN) this.on.change();
      else this.connect();
    });
  }

  start() {
    this.running = true;
    this.connect();
  }

  stop() {
    this.running = false;
    this.drop();
    clearTimeout(this.timers.again);
    clearTimeout(this.timers.words);
    this.say("online");
  }

  /** Nobody is looking, and the phone will be told: a stream would only say that somebody is. */
  rest() {
    this.drop();
    clearTimeout(this.timers.again);
    clearTimeout(this.timers.words);
  }

  drop() {
    this.source?.close();
    this.source = null;
  }

  say(state) {
    if (state === this.state) return;
    this.state = state;
    this.on.state(state);
  }

  connect() {
    this.drop();
    clearTimeout(this.timers.again);
    if (!navigator.onLine) return this.lost();
    const source = events();
    this.source = source;
    this.expectSoon();
    source.addEventListener("open", () => this.opened());
    source.addEventListener("error", () => this.source === source && this.broken());
    source.addEventListener("change", () => this.on.change());
    source.addEventListener("typing", () => this.on.typing());
    source.addEventListener("notice", (event) => this.on.notice(JSON.parse(event.data)));
    source.addEventListener("header", (event) => this.on.header(JSON.parse(event.data)));
  }

  expectSoon() {
    clearTimeout(this.timers.words);
    this.timers.words = setTimeout(() => this.say(navigator.onLine ? "reconnecting" : "offline"), SILENCE_BEFORE_WORDS);
  }

  opened() {
    clearTimeout(this.timers.words);
    this.pause = FIRST_PAUSE;
    this.say("online");
    this.on.change();
  }

  /** The network itself is gone: say so at once, and wait for it to come back. */
  lost() {
    this.drop();
    clearTimeout(this.timers.words);
    this.say("offline");
    this.later();
  }

  broken() {
    this.drop();
    if (this.state === "online") this.expectSoon();
    this.on.change(); // Asking in the ordinary way also tells whether the session is over or locked.
    this.later();
  }

  later() {
    clearTimeout(this.timers.again);
    this.timers.again = setTimeout(() => this.running && this.connect(), this.pause * (0.8 + 0.4 * Math.random()));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}
