import { isOtherShell, isPlain, isShellLanguage } from "../languages.ts";
import type { Block } from "../page.ts";
import { runner } from "./command-line.ts";

/** What a prompt has before its sign: who works where, a folder, the shell's version; then a branch. */
const where = String.raw`(?:[\w.-]+@[\w.-]+ [~/]\S*>|(?:\[[\w.-]+@[\w.-]+[: ][^\]\n]*\]|[\w.-]+@[\w.-]+(?:[: ]\S*)?|~|~?\/[\w./~-]*|\w*sh-[\d.]+)(?:\s+\([^)\n]+\))?\s?[$%#])`;
/** The name of a virtual environment. */
const environment = String.raw`^\s*(?:\([\w.-]+\)\s*)?`;
/** The arrow of oh-my-zsh has the folder and the branch behind it. */
const arrow = String.raw`➜(?:\s+\S+\s+git:\([^)\n]*\)(?:\s+✗)?|\s+~)?`;
/** No blank needs to follow it. */
const ofWindows = String.raw`(?:PS(?: [A-Z]:[^>\n]*| [~/][^>\n]*)?>|[A-Z]:\\[^>\n]*>)`;
/** What a reader does not type. */
const prompt = new RegExp(
  String.raw`${environment}(?:(?:${where}|\$(?!\s+\d)|❯|${arrow}|%|λ|»)\s+|${ofWindows}\s*(?=\S))`,
);
/** Where the first line has it. Below another prompt, npm prints it. */
const angle = /^\s*>\s+/;
/** In a plain block, a percent sign may be anything. */
const surePrompt = new RegExp(
  String.raw`${environment}(?:(?:(?:${where}|\$|❯|${arrow}|λ)\s+|${ofWindows}\s*)[A-Za-z_./]|[%>]\s+(?:${runner}|npx|psql|npm)\s)`,
);

/** The commands of any shell's block, and what a page says of it. */
export function isShell({ language, content }: Block): boolean {
  if (isShellLanguage(language) || isOtherShell(language)) return true;
  return isPlain(language) && surePrompt.test(withoutComments(content));
}

/** Comments may come before the first prompt. */
function withoutComments(content: string): string {
  return content.replace(/^(?:[^\S\n]*(?:#[^\n]*)?\n)+/, "").trimStart();
}

/** True for a line that begins with a prompt which only a shell has. */
export function isShellPrompt(line: string): boolean {
  return surePrompt.test(line);
}

/** True for a block whose commands come after prompts. */
export function isPrompted(content: string): boolean {
  return promptOf(content).test(withoutComments(content));
}

/** What the lines of a block begin with that are typed. */
export function promptOf(content: string): RegExp {
  return angle.test(withoutComments(content)) ? angle : prompt;
}

/** The first prompt of a session. */
export function promptIn(content: string): string {
  return promptOf(content).exec(withoutComments(content))?.[0] ?? "";
}

/** A command that runs a file, behind the sign of a prompt that is not known. */
const behindSign = new RegExp(
  String.raw`^[^#\n]{0,80}?[$%>❯➜λ»♥✗✔:)\]][^\S\n]*(?:\w+=\S*\s+)*(?:${runner})\s+(?:-\S+\s+)*\S+\.(?:[cm]?[jt]sx?|py)\b`,
  "m",
);

/** True for a block that may have a command behind a prompt which is not known. */
export function mayBePrompted(content: string): boolean {
  return !isPrompted(content) && behindSign.test(content);
}

/** True for one that may show below it what the command prints. */
export function mayShowPrinted(content: string): boolean {
  const at = mayBePrompted(content) ? content.search(behindSign) : -1;
  return at >= 0 && /^[^\n]*\n\s*\S/.test(content.slice(at));
}
