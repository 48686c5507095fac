/** What comes before the conversation: a lock that was lost, an invitation, a one-time way in. */
import * as api from "./api.js";
import { language } from "./language.js";
import * as screens from "./screens.js";
import { rememberVisit, visit } from "./storage.js";

/** Into a conversation that exists: by the link that was opened, or by a code from another device. Then `open()`. */
export function wayIn(open) {
  const token = visit("in");
  screens.showSignIn(Boolean(token), async (code, replace) => {
    try {
      await api.signIn(token ?? code, replace);
    } catch (error) {
      if (token && error.status === 404) rememberVisit("in", "");
      throw error;
    }
    rememberVisit("in", "");
    await open();
  }, () => {
    rememberVisit("in", "");
    open();
  });
}

/** The request to lock may have been lost when the page was left. A refusal means that there is nothing to lock. */
export async function lockFirst() {
  try {
    await api.lock();
  } catch (error) {
    if (error.status === 0 || error.status >= 500) throw error;
  }
}

/** Use the invitation that was opened. A refused one is forgotten: the bot has said why in the chat. */
export async function useInvitation() {
  try {
    await api.start(visit("start"), language());
  } catch (error) {
    if (error.status < 400 || error.status >= 500 || error.status === 429) throw error;
  }
  rememberVisit("start", "");
}
