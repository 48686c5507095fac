/** The writing field: grows, keeps its draft, sends with Enter where there is a real keyboard. Empty, it offers to record. */
import { split } from "./format.js";
import { t } from "./language.js";
import { rememberVisit, visit } from "./storage.js";

const desk = matchMedia("(hover: hover) and (pointer: fine)");

export class Composer {
  /** `parts`: form, field, button, record, hint. `onSend(texts)` gets one or more texts of a sendable length. */
  constructor(parts, onSend) {
    Object.assign(this, parts);
    this.onSend = onSend;
    this.field.addEventListener("input", () => this.edited());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    // Keeps the phone's keyboard up: the field never loses focus to the button.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get text() {
    return this.field.value;
  }

  restore() {
    if (!this.field.value) this.field.value = visit("draft") ?? "";
    this.edited();
  }

  clear() {
    this.field.value = "";
    this.edited();
  }

  focusAtDesk() {
    if (desk.matches) this.field.focus({ preventScroll: true });
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !desk.matches) return;
    event.preventDefault();
    this.submit();
  }

  edited() {
    rememberVisit("draft", this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + this.field.offsetHeight - this.field.clientHeight}px`;
    const parts = split(this.field.value);
    this.button.hidden = parts.length === 0;
    this.record.hidden = parts.length > 0;
    this.hint.hidden = parts.length < 2;
    this.hint.textContent = parts.length < 2 ? "" : t("long", { count: parts.length });
  }

  submit() {
    const parts = split(this.field.value);
    if (parts.length === 0) return;
    this.clear();
    this.field.focus({ preventScroll: true });
    this.onSend(parts);
  }
}
