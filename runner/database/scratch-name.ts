import { randomBytes } from "node:crypto";
import { digestOf } from "../digest.ts";

/**
 * The name of a scratch database: when it was made, a random part, and a check sum, so that nobody
 * else's database is ever taken for one of ours.
 * @param now milliseconds since 1970
 */
export function scratchName(driver: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const label = driver
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 12);
  const stem = `guide_scratch_${label}_${seconds}_${randomBytes(4).toString("hex")}`;
  return `${stem}_${checksum(stem)}`;
}

/** @returns when the database was made, in milliseconds since 1970; undefined where it is not ours */
export function readScratchName(name: string): number | undefined {
  const [, stem = "", seconds, sum] =
    /^(guide_scratch_[a-z0-9]*_(\d+)_[0-9a-f]{8})_([0-9a-f]{6})$/.exec(name) ?? [];
  return sum === checksum(stem) ? Number(seconds) * 1000 : undefined;
}

function checksum(stem: string): string {
  return digestOf(`neon guide ${stem}`).slice(0, 6);
}
