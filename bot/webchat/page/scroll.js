/** Keeping the person's place: at the newest message when they are there, still when they are reading further up. */

const NEAR = 72; // pixels from the bottom that still count as being there
const BREATH = 12; // pixels kept above a message that is taller than the window

export class Scroller {
  /** `box` scrolls `content`; `onMove(atBottom)` is told when the person moves. */
  constructor(box, content, onMove) {
    this.box = box;
    this.content = content;
    this.onMove = onMove;
    this.pinned = true;
    this.last = 0;
    box.addEventListener("scroll", () => this.moved(), { passive: true });
    new ResizeObserver(() => this.pinned && this.toBottom()).observe(box);
    new ResizeObserver(() => this.pinned && this.toBottom()).observe(content);
  }

  moved() {
    const near = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
    // A picture that grows also moves the bottom away; only going up means that the person has left it.
    this.pinned = near || (this.pinned && this.box.scrollTop >= this.last - 1);
    this.last = this.box.scrollTop;
    this.onMove(this.pinned);
  }

  toBottom() {
    this.box.scrollTop = this.box.scrollHeight;
    this.pinned = true;
    this.onMove(true);
  }

  /** Show a new message from its beginning: the bottom, unless that would hide where it starts. */
  toStartOf(node) {
    const top = node.getBoundingClientRect().top - this.box.getBoundingClientRect().top + this.box.scrollTop - BREATH;
    if (top < this.box.scrollHeight - this.box.clientHeight) {
      this.pinned = false;
      this.box.scrollTop = top;
    } else {
      this.toBottom();
    }
  }

  /** Change the list without moving what the person is looking at. */
  keep(change) {
    if (this.pinned) {
      change();
      this.toBottom();
      return;
    }
    const edge = this.box.getBoundingClientRect().top;
    const anchor = [...this.content.querySelectorAll(".message")].find((node) => node.getBoundingClientRect().bottom > edge);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
  }
}
