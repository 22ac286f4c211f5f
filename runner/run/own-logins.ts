import { Failure } from "../common/failure.ts";
import { elsewhere, mayConnect, redirect } from "./own-places.ts";
import { connectsByDefault } from "./written-hosts.ts";

/** A server of the reader's may be there. */
const thisMachine =
  /\b(?:localhost|host\.docker\.internal|127(?:\.\d+){3})\b|(?<![\w:])::1\b|\/run\/postgresql\b/i;
/** Nothing answers at such a port: a lesson about errors uses it. */
const closed = /(?:localhost|127(?:\.\d+){3}):\d{1,3}(?!\d)/gi;
/** A variable that the runner sets, and the place to use without it. */
const fallback =
  /(?:\.env\.|\benv\(?\[?["']|environ\[?["']|(?:getenv|environ\.get)\(\s*["'])(?:DATABASE_URL|PG[A-Z]+)\b["'\])]*\s*(?:\|\||\?\?|,)\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|\d+)/g;
const comments = /\/\*[\s\S]*?\*\/|(?<![:"'`])(?:\/\/|#\s).*$/gm;

/**
 * Refuses steps that connect to a database on this machine that is written out in them. It may be the reader's, and
 * what they print says nothing of the run's.
 * @param texts the steps and their helpers, by their files
 * @throws Failure of kind "layout"
 */
export function refuseOwnLogins(texts: ReadonlyMap<string, string>): void {
  if (!mayConnect(texts.values())) return;
  for (const [file, text] of texts) {
    const isDefault = connectsByDefault(text);
    if (!isDefault && !thisMachine.test(text)) continue;
    const code = text.replace(comments, "").replace(fallback, "").replace(closed, "");
    const isPlain = !/\b(?:import|require)\b/.test(code); // other files import its settings
    if (!(isDefault || thisMachine.test(code)) || !(isPlain || mayConnect([code]))) continue;
    const led = redirect(file, code, elsewhere);
    if (led.text === code && led.place === undefined) continue;
    throw new Failure(
      "layout",
      `${file} connects to a database that is written out in it, on this machine: it may be your own, in place of the guide's. Connect to DATABASE_URL.`,
    );
  }
}
