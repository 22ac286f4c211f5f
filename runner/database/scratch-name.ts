import { randomBytes } from "node:crypto";
import { digestOf } from "../common/digest.ts";

/**
 * The name of a scratch database: a random part and a check sum, so that nobody else's database is
 * ever taken for one of ours. It holds no time: this machine's clock may be wrong.
 * @param owner the process that makes it, as `ownProcess` writes it: it is known from the first moment on
 */
export function scratchName(client: string, owner = ""): string {
  const label = client
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 12);
  const stem = `guide_scratch_${label}${owner && `_${owner}`}_${randomBytes(4).toString("hex")}`;
  return `${stem}_${checksum(stem)}`;
}

/**
 * Is it ours? Earlier versions wrote the time into the name, in seconds.
 * @returns undefined where it is not; otherwise its owner; "" where the name does not say it
 */
export function readScratchName(name: string): { readonly owner: string } | undefined {
  const [, stem = "", owner = "", sum] =
    /^(guide_scratch_[a-z0-9]*(?:_\d+|_([0-9a-f]{8}_\d+))?_[0-9a-f]{8})_([0-9a-f]{6})$/.exec(
      name,
    ) ?? [];
  return sum === checksum(stem) ? { owner } : undefined;
}

function checksum(stem: string): string {
  return digestOf(`neon guide ${stem}`).slice(0, 6);
}
