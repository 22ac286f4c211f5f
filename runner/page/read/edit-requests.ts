import { runner } from "../shell/command-line.ts";

/** Where a part of a sentence begins that may ask for something. */
const begins = String.raw`(?:^|[.!?:;,(]\s+|\b(?:now|then|next|and|or|please|to|can|you|let['’]?s)\s+)`;

const verbs =
  "(?:change|comment\\s+out|uncomment|remove|delete|replace|edit|rename|set|add|append|increase|decrease|modify|adjust|tweak|simplify|shorten|reduce|swap|bump)\\b";

const edits = new RegExp(`${begins}${verbs}`, "im");

/** They ask for an edit where code or a number follows: "make \`limit\` three". */
const editsOf = new RegExp(
  `${begins}(?:make|turn|put|switch|give|double|halve|raise|lower|use|try|pick|choose)\\b[^.!?\\n]*?(?:\`|\\b(?:\\d+|zero|two|three|four|five|six|seven|eight|nine|ten)\\b)`,
  "im",
);

/** A sentence that begins with what it asks for. */
const command = new RegExp(
  `^\\s*(?:(?:now|then|next|first|finally|please|and|let['’]?s),?\\s+)*${verbs}`,
  "i",
);

/** How a part of a sentence begins that only says to run something, or what is there by then. */
const harmless =
  /^(?:re-?run|run(?:ning|s)?|execut(?:e|ing)|start|restart|invoke|launch|repeat|see|check|verify|confirm|notice|note|observe|look|remember|wait|(?:try|do)(?=\s+(?:it|this|that|the same)\b|\s+again\b)|again|once|twice|now|then|next|finally|first|second|afterwards|so|and|but|or|also|as|to|in|on|at|from|after|before|back|because|since|while|both|each|every|all|no|nothing|here|there|the|this|that|these|those|it|its|it['’]s|you|your|we|our|they|their|what|who|which|when|where|how|why|i|he|she|let['’]s|please|output|outputs|result|results)(?!\w)/i;

const counted = /\b(?:\d+|zero|two|three|four|five|six|seven|eight|nine|ten)\b/i;

/** Code that is a command, or a file that is run. */
const ofCommand = new RegExp(
  `\`(?:\\$ )?(?:${runner}|npx|npm|psql)(?:\\s[^\`]*)?\`|(?<=\\b(?:run|running|execute|start|restart)\\s+(?:the\\s+)?)\`[^\`\\s]+\\.\\w+\``,
  "gi",
);

/** A line that isn't text: a tag, or a directive. */
const tag = /^\s*(?:<|:::|===|\{%|\{\{|@tab\b)/;

function plainText(lines: readonly string[]): string {
  const text = lines.filter((line) => !tag.test(line));
  const own = text.map((line) => line.replace(/^[\s>*+#-]*(?:\d+[.)]\s+)?/, ""));
  return own.join("\n").replace(ofCommand, "it");
}

/** What a text may ask a reader to change. */
export interface EditRequest {
  /** False where it has code or a number, or begins in a way that is not known. */
  readonly isSure: boolean;
  /** What the sentences have in backticks that begin with what they ask for. In a list, they say what a program does. */
  readonly code: readonly string[];
}

/** Reads a text above commands. One that only says to run them again, or what they print, asks for nothing. */
export function editIn(lines: readonly string[]): EditRequest | undefined {
  const text = plainText(lines);
  if (edits.test(text) || editsOf.test(text)) return { isSure: true, code: askedIn(lines) };
  const isDoubt = text.includes("`") || counted.test(text) || !isHarmless(text);
  return isDoubt ? { isSure: false, code: [] } : undefined;
}

function askedIn(lines: readonly string[]): string[] {
  const text = plainText(lines.filter((line) => !/^\s*(?:[-*+]|\d+[.)])\s/.test(line)));
  const asked = text.split(/\n\s*\n|[.!?:;]\s+/).filter((sentence) => command.test(sentence));
  return asked.flatMap((one) => Array.from(one.matchAll(/`([^`]+)`/g), ([, name = ""]) => name));
}

function isHarmless(text: string): boolean {
  const parts = text.replace(/[*_]+/g, "").split(/\n\s*\n|[.!?:;,()—]+\s/);
  return parts.every((part) => {
    const own = part.trim();
    return !/\w/.test(own) || harmless.test(own);
  });
}
