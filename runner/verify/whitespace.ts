/** A diff's lines that came from one side, beginning with - or +. */
const isChange = /^[-+]/;

/** Marks are what editors show for blanks. A carriage return is shown by whoever prints the diff. */
const marks: Readonly<Record<string, string>> = { " ": "·", "\t": "→", "\u00a0": "⍽" };

/**
 * Makes visible, in the lines of a unified diff, what nobody would see: blanks at the end of a changed
 * line, and all blanks of two lines that differ in nothing else.
 */
export function showWhitespace(lines: readonly string[]): string[] {
  const texts = new Map<string, Set<string>>();
  for (const line of lines.filter((one) => isChange.test(one))) {
    const bare = withoutBlanks(line.slice(1));
    texts.set(bare, (texts.get(bare) ?? new Set()).add(line[0] ?? ""));
  }
  return lines.map((line) => {
    if (!isChange.test(line)) return line;
    const text = line.slice(1);
    const isTwin = texts.get(withoutBlanks(text))?.size === 2;
    return line[0] + text.replace(isTwin ? /[ \t\u00a0]/g : /[ \t\u00a0](?=\s*$)/g, mark);
  });
}

/** What a diff cannot show well, in words. Both sides begin where the diff begins. */
export function lineEndNotes(golden: Buffer, expected: string, printed: string): string[] {
  const notes: string[] = [];
  const ends = (text: string) => text.replaceAll("\r\n", "\n");
  if (printed === expected && golden.includes("\r\n")) {
    notes.push(
      "(Only line ends differ, or bytes that are no text. The golden file has Windows line ends, \\r\\n.)",
    );
  } else if (printed === expected) {
    notes.push("(Only bytes that are no text differ.)");
  } else if (ends(printed) === expected) {
    notes.push("(Only the line ends differ: the output has Windows line ends, \\r\\n.)");
  } else if (golden.includes("\r\n")) {
    notes.push("(The golden file has Windows line ends, \\r\\n. They are not what differs.)");
  }
  if (printed === `${expected}\n`) {
    notes.push("(Only a newline differs: the golden file lacks the last one.)");
  } else if (`${printed}\n` === expected) {
    notes.push("(Only a newline differs: the output lacks the last one.)");
  }
  return notes;
}

function withoutBlanks(text: string): string {
  return text.replace(/\s/g, "");
}

function mark(blank: string): string {
  return marks[blank] ?? blank;
}
