import { messageOf } from "../../runner/common/failure.ts";

/** Saves the state of a board a moment after it changed. Where that fails, the board goes on. */
export interface Saving {
  changed(): void;
  /** @returns whether the last state is saved */
  end(): boolean;
}

const SOON_MS = 500;

/** @param note is told why the state is not saved: once, and at the end once more */
export function openSaving(save: () => void, note: (message: string) => void): Saving {
  let soon: NodeJS.Timeout | undefined;
  let said: string | undefined;

  function attempt(): boolean {
    soon = undefined;
    try {
      save();
      said = undefined;
    } catch (error) {
      const message = messageOf(error);
      if (message !== said) note(message);
      said = message;
    }
    return said === undefined;
  }

  return {
    changed() {
      soon ??= setTimeout(attempt, SOON_MS);
    },
    end() {
      clearTimeout(soon);
      said = undefined;
      return attempt();
    },
  };
}
