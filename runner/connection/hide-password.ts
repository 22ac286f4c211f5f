import { hidePassword } from "../common/secrets.ts";
import { parseConnectionString } from "./connection-string.ts";
import { splitUri } from "./connection-uri.ts";

/** Hides the password of a connection string in all that is shown from now on. @throws SetupError */
export function hidePasswordIn(url: string): void {
  const { host, user, password, database } = parseConnectionString(url);
  for (const one of [password, splitUri(url).password]) hidePassword(one, [user, host, database]);
}
