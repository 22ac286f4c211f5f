/** A message of the server's: its type, and what follows its length. */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

const LONGEST = 16 * 1024 ** 2;
const LONGEST_ROW = 1024 ** 3 + 65_536;

/**
 * Whether a message of this type looks as it should. The libraries look for the end of a text where
 * there may be none, and then never stop.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
const wellFormed: Readonly<Record<string, (body: Buffer) => boolean>> = {
  A: (body) => body.length > 4 && hasTexts(body.subarray(4), 2),
  C: (body) => hasTexts(body, 1),
  E: hasFields,
  I: () => true,
  K: (body) => body.length >= 8,
  N: hasFields,
  R: (body) => body.length >= 4,
  S: (body) => hasTexts(body, 2),
  T: describesColumns,
  Z: (body) => body.length === 1,
  n: () => true,
  s: () => true,
  t: (body) => body.length >= 2 && body.length === 2 + 4 * body.readUInt16BE(0),
  "1": () => true,
  "2": () => true,
  "3": () => true,
  // COPY: in, out, both, data, done
  G: () => true,
  H: () => true,
  W: () => true,
  d: () => true,
  c: () => true,
};

/** Takes apart what a server sends. Rows, which are many and may be long, are left out. */
export class MessageReader {
  #rest = Buffer.alloc(0);
  #skip = 0;

  /** @returns the messages that are whole by now; undefined for what is not PostgreSQL's protocol */
  read(bytes: Buffer): Message[] | undefined {
    const messages: Message[] = [];
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length < 5) break;

      const type = String.fromCharCode(rest.readUInt8(0));
      const length = rest.readInt32BE(1);
      const isRow = type === "D";
      if (length < 4 || length > (isRow ? LONGEST_ROW : LONGEST)) return undefined;
      if (!isRow) {
        if (rest.length < 1 + length) break;
        const body = rest.subarray(5, 1 + length);
        if (!wellFormed[type]?.(body)) return undefined;
        messages.push({ type, body });
      }
      this.#skip = 1 + length;
    }
    this.#rest = Buffer.from(rest);
    return messages;
  }
}

/** Texts that end with a zero byte, and nothing after the last. */
function hasTexts(body: Buffer, count: number): boolean {
  let at = 0;
  for (let n = 0; n < count; n++) {
    const end = body.indexOf(0, at);
    if (end < 0) return false;
    at = end + 1;
  }
  return at === body.length;
}

/** Fields of an error: a letter and a text each, and a zero byte after the last. */
function hasFields(body: Buffer): boolean {
  let at = 0;
  while (body[at]) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) return false;
    at = end + 1;
  }
  return at === body.length - 1;
}

/** A count of columns, then for each its name and 18 bytes. */
function describesColumns(body: Buffer): boolean {
  if (body.length < 2) return false;
  let at = 2;
  for (let n = body.readUInt16BE(0); n > 0; n--) {
    const end = body.indexOf(0, at);
    if (end < 0) return false;
    at = end + 1 + 18;
  }
  return at === body.length;
}
