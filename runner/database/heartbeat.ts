import { hasEnded } from "../workspace/workspace.ts";
import { quoteLiteral, readScratchName } from "./scratch.ts";

export const HEARTBEAT_MS = 5 * 60_000;
const DEAD_AFTER_MS = 60 * 60_000;

type Kind = "DATABASE" | "ROLE";

/** The comment on something of a run: when the run last sent a heartbeat, by the server's clock. */
const commentOn = (kind: Kind) => `Scratch ${kind.toLowerCase()} of the Neon guide, alive at `;

/** The statement that shows other runs that a scratch database, or a role of steps, is in use. */
export function heartbeatOf(kind: Kind, name: string): string {
  const now = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  return `DO $$ BEGIN
    EXECUTE format('COMMENT ON ${kind} %I IS %L', ${quoteLiteral(name)}, ${quoteLiteral(commentOn(kind))} || ${now});
  END $$`;
}

/**
 * Tells what was left by a run that is dead: ours by name and by comment, and silent for an hour, or made by a
 * process of this machine that has ended.
 * @param comment null where there is none
 * @param now by the server's clock, in milliseconds
 * @returns "unknown" for one without a comment: it was made a moment ago, or its run died before its first heartbeat
 */
export function stateOf(
  kind: Kind,
  name: string,
  comment: string | null,
  now: number,
): "dead" | "alive" | "unknown" | "not ours" {
  const known = readScratchName(name);
  const ours = commentOn(kind);
  if (!known || !(comment ?? ours).startsWith(ours)) return "not ours";
  if (hasEnded(known.runner)) return "dead";
  if (comment === null) return "unknown";
  return now - Date.parse(comment.slice(ours.length)) > DEAD_AFTER_MS ? "dead" : "alive";
}
