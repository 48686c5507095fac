/** Locking when nobody has touched the page for a while, for a chat that asks for it. */

const PATIENCE = 300_000; // milliseconds without a sign of anybody
const TELL_EVERY = 60_000; // milliseconds between telling the server that somebody is reading
const SIGNS = ["pointerdown", "keydown", "wheel", "touchmove"];

export class Idle {
  /** `lock()` when the time is over, `here()` now and then while somebody is there. */
  constructor({ lock, here }) {
    Object.assign(this, { lock, here, timer: 0, seen: 0, told: 0, watching: false });
    for (const sign of SIGNS) addEventListener(sign, () => this.watching && this.touched(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => this.watching && this.look());
  }

  start() {
    this.watching = true;
    this.seen = 0;
    this.told = Date.now();
    this.touched();
  }

  stop() {
    this.watching = false;
    clearTimeout(this.timer);
  }

  touched() {
    if (this.seen && Date.now() - this.seen >= PATIENCE) return this.look();
    this.seen = Date.now();
    if (this.seen - this.told > TELL_EVERY) {
      this.told = this.seen;
      this.here();
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PATIENCE);
    return undefined;
  }

  /** A phone in a pocket stops the clock: the time of day tells how long it really was. */
  look() {
    if (!this.watching || Date.now() - this.seen < PATIENCE) return;
    this.stop();
    this.seen = 0;
    this.lock();
  }
}
