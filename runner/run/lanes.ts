import type { GuideDatabase, Lane } from "../database/guide-database.ts";
import { untilAborted } from "../database/patience.ts";

/** The drivers' databases, each from the moment in which it is asked for. */
export interface Lanes {
  /** @throws Failure of kind "database" where it cannot be made, or somebody interrupts */
  of(driver: string): Promise<Lane>;
  /** Drops them all: the next one that is asked for is empty, and has the same name and URL. */
  reset(): Promise<void>;
}

export function openLanes(database: GuideDatabase, signal: AbortSignal): Lanes {
  const lanes = new Map<string, Promise<Lane>>();
  const names = new Map<string, string>();

  async function open(driver: string): Promise<Lane> {
    const lane = await database.openLane(driver, names.get(driver));
    names.set(driver, lane.database);
    return lane;
  }

  return {
    of(driver) {
      const lane = lanes.get(driver) ?? open(driver);
      lanes.set(driver, lane);
      return untilAborted(lane, signal);
    },

    async reset() {
      const opened = await Promise.allSettled(lanes.values());
      lanes.clear();
      const open = opened.flatMap((lane) => (lane.status === "fulfilled" ? [lane.value] : []));
      const closed = await Promise.allSettled(open.map((lane) => lane.close()));
      const failure = closed.find((lane) => lane.status === "rejected");
      if (failure) throw failure.reason;
    },
  };
}
