/** The bot's commands as people meet them: by name. */
import { t } from "./language.js";

const HELP = ["/hjaelp", "/hjælp", "/help"];

/** A command as it is sent. */
export function written(one) {
  return one.command.startsWith("/") ? one.command : `/${one.command}`;
}

/** The command for help; it exists even when the list could not be fetched. */
export function helpCommand(commands) {
  return commands.find((one) => HELP.includes(written(one))) ?? { command: HELP[0], description: t("helpNow") };
}

/** What a command sent earlier is called, from its first word without the slash; null for an unknown one. */
export function commandName(commands, word) {
  const known = [...commands, helpCommand(commands)].find((one) => written(one) === `/${word}`);
  return known?.description ?? (word === "start" ? t("start") : null);
}
