/** What is shown instead of a password. */
const HIDDEN = "••••";

/** Finds a secret anywhere in a text, and its beginning at the end of one. */
interface Secret {
  readonly whole: RegExp;
  /** One for each way to write it: of all in one, the engine makes no fast code. */
  readonly beginnings: readonly RegExp[];
  /** Its beginning behind its user, where a script has cut the connection string. */
  readonly cut: RegExp;
  /** Its beginning before the three dots with which a program has cut a text. */
  readonly abridged: RegExp;
  readonly shown: string;
  /** In characters, as long as it can be written. */
  readonly length: number;
}

const secrets = new Map<string, Secret>();

/** Shorter ones are in any text. */
const SHORTEST = 4;
/** Of a beginning: those of Neon's passwords have the first four in common. */
const SHORTEST_CUT = 5;

/** A part of a secret: the ways to write it, each as patterns for its characters. */
type Part = readonly (readonly string[])[];

/**
 * Hides a password in all outputs that are shown from now on: raw, escaped or quoted in the usual ways, and in
 * Base64. Only connection strings hide one that is too short, or that is shown anyway, as in
 * postgres:postgres@localhost: outputs have such words, too.
 * @param shown what of the connection string is no secret: user, host and database
 */
export function hidePassword(password: string, shown: readonly string[]): void {
  if (password === "") return;
  const isPlain = password.length < SHORTEST || shown.includes(password);
  const inUrl = (written: string) => (isPlain ? `:${written}@` : written);
  const text = inUrl(password);
  const inOneLine = text.replace(/\s+/g, " "); // as messages are
  const ways = [
    ...[...quoted(text), ...escaped(text)], // the longer ones first
    ...(inOneLine === text ? [] : escaped(inOneLine)),
    ...[...new Set([text, inUrl(encodeURIComponent(password))])].flatMap(base64Forms),
  ];
  secrets.set(text, {
    whole: new RegExp(ways.map((parts) => parts.map(eitherOf).join("")).join("|"), "gu"),
    beginnings: ways.map((parts) => new RegExp(`${beginningOf(parts)}$`, "u")),
    cut: cutBehindUser(password, shown[0] ?? ""),
    abridged: isPlain ? nothing : (cutOff(password, "(?=\\.{3}|…)") ?? nothing),
    shown: isPlain ? `:${HIDDEN}@` : HIDDEN,
    length: 14 * text.length,
  });
}

const nothing = /(?!)/gu;

/** What ends with an @ there is another password. */
function cutBehindUser(password: string, user: string): RegExp {
  const users = [user, encodeURIComponent(user)].map((one) => Array.from(one, rawOf).join(""));
  const before = `(//(?:${users.join("|")}):)`;
  return (user !== "" && cutOff(password, "(?!@)", before)) || nothing;
}

/** Finds a beginning that is long enough to tell, whole, between what must be around it. */
function cutOff(password: string, after: string, before = "()"): RegExp | undefined {
  const [parts = []] = escaped(password);
  if (parts.length <= SHORTEST_CUT) return undefined;
  const start = parts.slice(0, SHORTEST_CUT).map(eitherOf).join("");
  const rest = beginningOf(parts.slice(SHORTEST_CUT));
  return new RegExp(`${before}(?=(${start}${rest}))\\2${after}`, "gu");
}

function eitherOf(words: Part): string {
  return `(?:${words.map((word) => word.join("")).join("|")})`;
}

/** A pattern for the parts up to any of them, of which the last one may be cut. */
function beginningOf(parts: readonly Part[]): string {
  return parts.reduceRight((rest, words) => {
    const cut = words
      .filter((word) => word.length > 1)
      .map(([first = "", ...word]) => {
        return first + word.slice(0, -1).reduceRight((more, one) => `(?:${one}${more})?`, "");
      });
    return `(?:${[eitherOf(words) + rest, ...cut].join("|")})?`;
  }, "");
}

const entities: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/**
 * The ways to escape characters one by one: percent-encoded, for JSON, HTML, a shell and a form, and twice. All
 * backslashes are written in the same way: otherwise, many in a row would take long to compare.
 */
function escaped(text: string): Part[][] {
  const counts = text.includes("\\") ? [1, 2, 4] : [1];
  const ways = counts.map((count) => Array.from(text, (character) => formsOf(character, count)));
  if (!text.includes('"')) return ways;
  // JSON in a cell of CSV. Together with the other ways, it would take long, too.
  const inCell = [backslash, rawOf('"'), rawOf('"')];
  return [...ways, Array.from(text, (one) => (one === '"' ? [inCell] : formsOf(one, 2)))];
}

// What begins an escape, also where the text was escaped again.
const backslash = `${rawOf("\\")}{1,7}`;
const percent = "%(?:25?)?";
const ampersand = `${rawOf("\\")}{0,7}&(?:a(?:m(?:p;?)?)?)?`;

const controls = new Map([..."\b\t\n\v\f\r"].map((one, index) => [one, "btnvfr"[index] ?? ""]));

function formsOf(character: string, backslashes: number): Part {
  const code = character.codePointAt(0) ?? 0;
  const raw = rawOf(character);
  const bytes = [...Buffer.from(character)];
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const encoded = [
    bytes.flatMap((byte) => [percent, ...hexDigits(byte, 2)]),
    units.flatMap((unit) => [backslash, "u", ...hexDigits(unit, 4)]),
    [ampersand, "#", "0{0,2}", ...String(code), ";"],
    [ampersand, "#", "[xX]", "0{0,2}", ...hexDigits(code), ";"],
  ];
  const isAscii = code > 31 && code < 127;
  if (!isAscii) {
    if (code < 256) encoded.push([percent, ...hexDigits(code, 2)]); // as escape() writes it
    const short = controls.get(character);
    if (short) encoded.push([backslash, short]);
    if (code < 256) encoded.push([backslash, "x", ...hexDigits(code, 2)]);
    encoded.push(bytes.flatMap((byte) => [backslash, "x", ...hexDigits(byte, 2)]));
    encoded.push(bytes.flatMap((byte) => [backslash, ...byte.toString(8).padStart(3, "0")]));
  }
  // What is most likely comes first, unless it begins another way.
  if (/[\p{L}\p{N}]/u.test(character)) return [[raw], ...encoded];
  const name = entities[character];
  return [
    ...encoded,
    ...(name ? [[ampersand, ...name, ";"]] : []),
    ...(character === "\\" ? [Array<string>(backslashes).fill(raw)] : [[backslash, raw], [raw]]),
    ...(character === " " ? [["\\+"]] : []),
  ];
}

/** The ways to write a quote within quotes: for SQL, CSV and a shell. */
function quoted(text: string): Part[][] {
  const quotes = ["''''", '""""', "''", '""', "``", "'\\''", `'"'"'`].filter(([quote = ""]) =>
    text.includes(quote),
  );
  const ways = quotes.map((within) => ({ [within.charAt(0)]: within }));
  const inSql = text.includes("'") && text.includes("\\") ? [{ "'": "''", "\\": "\\\\" }] : [];
  return [...ways, ...inSql].map((written: Readonly<Record<string, string>>) =>
    Array.from(text, (one) => [Array.from(written[one] ?? one, rawOf)]),
  );
}

function rawOf(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** @param length the fewest digits */
function hexDigits(code: number, length = 1): string[] {
  const digits = code.toString(16).padStart(length, "0");
  return Array.from(digits, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** What three bytes of Base64 make of a text, wherever it begins among them: the characters that only it decides. */
function base64Forms(text: string): Part[][] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const first = Math.ceil((before * 8) / 6);
    const characters = bytes.toString("base64").slice(first, Math.floor((bytes.length * 8) / 6));
    const inUrl: Readonly<Record<string, string>> = { "+": "[+\\-]", "/": "[/_]" };
    return Array.from(characters, (character) => [[inUrl[character] ?? character]]);
  });
}

/** Hides the secrets in what others wrote, before it is shown or written. */
export function hideSecrets(text: string): string {
  let result = text;
  for (const { whole, shown, cut, abridged } of secrets.values()) {
    result = result.replace(whole, shown).replace(cut, `$1${HIDDEN}`).replace(abridged, HIDDEN);
  }
  return result;
}

/** Writes JSON for people or their programs: without the secrets in its texts. */
export function jsonWithoutSecrets(value: object, space?: number): string {
  const hide = (_: string, one: unknown) => (typeof one === "string" ? hideSecrets(one) : one);
  return JSON.stringify(value, hide, space);
}

/** True if a text has a secret in it. */
export function hasSecret(text: string): boolean {
  return hideSecrets(text) !== text;
}

/** Where a secret may begin that goes on after the end of the text. The text's length if none does. */
export function cutSecretAt(text: string): number {
  const starts = [...secrets.values()].flatMap(({ beginnings, length }) => {
    const tail = text.slice(-length);
    return beginnings.map((one) => text.length - tail.length + tail.search(one));
  });
  const cut = Math.min(text.length, ...starts);
  return cut === text.length ? cut : outsideOfSecrets(text, cut);
}

/** Moves a cut to the beginning of the secret that it would leave a part of. */
function outsideOfSecrets(text: string, cut: number): number {
  for (const { whole } of secrets.values()) {
    for (const { 0: found, index } of text.matchAll(whole)) {
      if (index < cut && cut < index + found.length) return outsideOfSecrets(text, index);
    }
  }
  return cut;
}

/** @param isCut true if the text goes on */
export function showable(text: string, isCut: boolean): string {
  return hideSecrets(isCut ? text.slice(0, cutSecretAt(text)) : text);
}

/** Cuts a text for a message. */
export function abridge(text: string, most: number): string {
  return text.length > most ? `${showable(text.slice(0, most), true)}…` : text;
}
