import { basename, extname } from "node:path";
import { Failure } from "../common/failure.ts";
import { scheme } from "./database-values.ts";
import { mayConnect } from "./own-places.ts";
import { isSetByRunner } from "./step-environment.ts";
import { isShell, writtenHosts } from "./written-hosts.ts";

/** Not another one, by its address: a lesson about errors uses such. */
const isHere = /^(?!\d)|^(?:127|0)\./;

/**
 * Refuses steps that connect to a database on this machine that is written out in them. It may be the reader's, and
 * what they print says nothing of the run's.
 * @param texts the steps and their helpers, by their files
 * @throws Failure of kind "layout"
 */
export function refuseOwnLogins(texts: ReadonlyMap<string, string>): void {
  if (!mayConnect(texts.values()) && ![...texts].some(mayBeOther)) return;
  for (const [file, text] of texts) {
    if (!writtenHosts(file, text, isSetByRunner).some((host) => isHere.test(host))) continue;
    throw new Failure(
      "layout",
      `${file} connects to a database that is written out in it, on this machine: it may be your own, in place of the guide's. Connect to DATABASE_URL.`,
    );
  }
}

/** In these, what connects is known, or nothing does. */
const known =
  /\.(?:[cm]?[jt]sx?|py|json|ya?ml|toml|ini|cfg|conf|properties|sql|txt|xml|html|css)$/i;

/** True for a program in another language, and a shell's or a package's that may hand a place to one. */
function mayBeOther([file, text]: readonly [file: string, text: string]): boolean {
  const hasCommands = isShell.test(extname(file)) || basename(file) === "package.json";
  if (!hasCommands) return !known.test(file);
  return scheme.test(text) || /\bPG(?:HOST|PORT|SERVICE)\w*=/.test(text);
}
