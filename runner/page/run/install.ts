import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeReason, type Failed } from "../../guide/outcome.ts";
import type { Place } from "../../run/session.ts";
import { makePackage } from "../../workspace/cache-directory.ts";
import { needsShell, python, wordsOf } from "../shell/command-line.ts";

const quiet = {
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
};

const nodePackages = /^(npm|pnpm|yarn)$/;
const installsModules = new RegExp(`^(?:pip3?|${python}|uv)$`);

/** What is installed for the whole machine is installed in the client's directory. */
const globally = /^(?:-g|--global)$/;
/** In another place, all else may be the reader's. */
const elsewhere = /^(?:--?(?:prefix|location|dir|cwd|target|root|user)(?:=.*)?|-[Ct].*|global)$/;

/** It may download, and so take longer than a step. */
const INSTALL_LIMIT_MS = 10 * 60_000;

/** The interpreter of the environment that is made where pip installs something. */
export function ownPython(directory: string): string {
  return process.platform === "win32"
    ? join(directory, ".venv", "Scripts", "python.exe")
    : join(directory, ".venv", "bin", "python");
}

/**
 * `--install`: runs what the page says prepares a machine, in a client's directory. What only changes the
 * reader's shell, such as `cd`, is left out.
 * @returns the first command that failed
 */
export async function install(lines: readonly string[], place: Place): Promise<Failed | undefined> {
  const preparations = preparationsOf(lines, place.directory);
  if (preparations.some(({ program }) => nodePackages.test(program))) makePackage(place.directory);
  for (const preparation of preparations) {
    const outcome = await place.start(
      { ...preparation, environment: quiet },
      { timeout: Math.max(place.timeout, INSTALL_LIMIT_MS), exitCode: 0 },
    );
    if (outcome.kind !== "failed") continue;
    const line = [preparation.program, ...preparation.arguments].join(" ");
    const text = `could not install: ${line} ${describeReason(outcome)}`;
    return { ...outcome, reason: { kind: "other", text } };
  }
  return undefined;
}

/** Gives the commands that prepare, as the client's directory needs them. */
export function preparationsOf(lines: readonly string[], directory: string) {
  const python = ownPython(directory);
  const made = lines.flatMap((line) => {
    const words = wordsOf(line);
    const pip = words.findIndex((word) => /^pip3?$/.test(word));
    const [program = ""] = words;
    if (needsShell(line) || words.some((word) => elsewhere.test(word))) return [];
    if (pip >= 0 && installsModules.test(program)) {
      if (words[pip + 1] !== "install") return []; // `pip config` changes the reader's settings
      return [{ program: python, arguments: ["-m", "pip", ...words.slice(pip + 1)] }];
    }
    if (!nodePackages.test(program)) return [];
    return [{ program, arguments: words.slice(1).filter((word) => !globally.test(word)) }];
  });
  const needsPython = made.some(({ program }) => program === python) && !existsSync(python);
  const first = { program: "python3", arguments: ["-m", "venv", ".venv"] };
  return needsPython ? [first, ...made] : made;
}
