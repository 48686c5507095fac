/** The menu, and what a person chooses about the page: language, size of text, PIN, devices, being told. */
import * as api from "./api.js";
import { openDevices } from "./devices.js";
import { openPush } from "./install.js";
import { applyTexts, setLanguage, t } from "./language.js";
import * as sheets from "./sheets.js";
import { toast } from "./signs.js";
import { preference, rememberPreference } from "./storage.js";

export class Settings {
  /** `session`: what the page knows of the visit; `redraw()` in another language or size; `trouble(error)`. */
  constructor({ session, redraw, trouble }) {
    Object.assign(this, { session, redraw, trouble });
  }

  /** `on`: help(), command(one), leave(), which signs this device out. */
  openMenu(on) {
    const { session, trouble } = this;
    sheets.openMenu(session.commands, session.hasPin, {
      help: on.help,
      command: on.command,
      pin: () => this.choosePin(),
      devices: () => openDevices({ leave: on.leave, trouble }),
      push: () => openPush(session.push, session.pinNeeded, (wanted) => this.told(wanted)),
      size: () => sheets.openSize(preference("size") ?? "normal", (value) => this.chooseSize(value)),
      language: () => sheets.openLanguage((value) => this.chooseLanguage(value)),
      about: sheets.openAbout,
    });
  }

  told(on) {
    this.session.push = { ...this.session.push, on };
    toast(t(on ? "pushSaved" : "pushStopped"));
  }

  chooseLanguage(value) {
    const { session, trouble } = this;
    setLanguage(value);
    rememberPreference("language", value);
    applyTexts();
    if (!session.open) return;
    this.redraw();
    api.hello(value).then((answer) => (session.commands = answer.commands ?? []), trouble);
  }

  chooseSize(value) {
    document.documentElement.dataset.size = value;
    rememberPreference("size", value);
    this.redraw();
  }

  choosePin() {
    sheets.openPin(this.session.hasPin, api.setPin, () => {
      this.session.hasPin = true;
      toast(t("pinSaved"));
    });
  }
}
