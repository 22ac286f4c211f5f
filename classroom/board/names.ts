import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Letters, digits and signs, with single spaces between them: no control characters. */
const nameForm = /^(?=.{1,40}$)[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;

/** Shows nothing, except for the variation selector that keyboards put after an emoji. */
const invisible = /(?!\uFE0F)[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** True for up to forty visible characters. */
export function isName(text: string): boolean {
  return nameForm.test(text.normalize("NFC")) && !invisible.test(text.normalize("NFKC"));
}

/**
 * Find what a name cannot share with another one: how it looks, and how it looks in capitals. Lan and Ian are two
 * names; lan is the same as Lan, and looks like Ian.
 */
export function nameKeys(name: string): readonly string[] {
  const shown = name.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return [shown, shown.toUpperCase()].map(skeletonOf);
}

/** Gives texts that look the same the same text, as UTS #39 does. */
function skeletonOf(text: string): string {
  lookalikes ??= readLookalikes();
  const letters = Array.from(text.normalize("NFD"), (one) => lookalikes?.get(one) ?? one);
  return letters.join("").normalize("NFD");
}

let lookalikes: ReadonlyMap<string, string> | undefined;

/** Reads the table that tools/lookalikes.py made. */
function readLookalikes(): ReadonlyMap<string, string> {
  const text = (codes: string) =>
    String.fromCodePoint(...codes.split("+").map((code) => Number.parseInt(code, 16)));
  const table = readFileSync(join(import.meta.dirname, "lookalikes.txt"), "utf8");
  const groups = table.replace(/^#.*/gm, "").trim().split(/\s+/);
  const pairs = groups.flatMap((group) => {
    const [skeleton = "", others = ""] = group.split("=");
    return others.split(",").map((other) => [text(other), text(skeleton)] as const);
  });
  return new Map(pairs);
}
