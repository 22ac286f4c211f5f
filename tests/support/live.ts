import { inject } from "vitest";
import type { Running } from "./command.ts";
import type { Project } from "./project.ts";

/** A guide that is served as a live page. */
export interface LiveGuide extends Running {
  /** The newest address: it opens the page once. */
  address(): Promise<string>;
}

/** Starts `open` on the suite's server. Its end is the test's end, too. */
export async function openGuide(
  project: Pick<Project, "start">,
  choices: readonly string[] = [],
  environment: NodeJS.ProcessEnv = { DATABASE_URL: inject("databaseUrl") },
): Promise<LiveGuide> {
  const running = project.start(["open", "--no-browser", ...choices], environment);
  let used = "";
  await running.prints("The address works once.");
  return {
    ...running,
    async address() {
      const text = await running.prints(new RegExp(`(?:${used})[\\s\\S]*token=[\\w-]+\n`));
      const last = text.match(/http:\/\/\S+/g)?.at(-1) ?? "";
      used = last.replace(/[?.]/g, "\\$&");
      return last;
    },
  };
}
