import { relative } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { firstAffected, watchGuideFiles } from "../../runner/run/watch-files.ts";
import type { Controller } from "./controller.ts";
import type { GuideText } from "./guide-text.ts";
import type { RunBoard } from "./run-board.ts";
import type { Subscribers } from "./subscribers.ts";

/** An editor writes a file in several moves. */
const SETTLED_MS = 60;

const notRun = "is not what runs here: edit the file that stands above a step's code.";
const typed = (file: string) => visible(relative(process.cwd(), file));

export interface Saves {
  readonly guide: Guide;
  readonly clients: readonly string[];
  readonly text: GuideText;
  readonly controller: Controller;
  readonly board: RunBoard;
  readonly subscribers: Subscribers;
}

/** Shows the text and the code of what is saved anew, and what is stale by it. @returns ends that */
export function followSaves(saves: Saves): () => Promise<void> {
  const { guide, clients, text, controller, board, subscribers } = saves;
  const files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();

  /** @returns why the files cannot be shown: then the page stays as it is */
  async function renew(): Promise<string | undefined> {
    try {
      if (await text.renew()) subscribers.tell({ kind: "reload" });
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return visible(error.message);
    }
  }

  async function settle(): Promise<void> {
    const touched = [...files].flatMap((file) => firstAffected(guide, clients, file) ?? []);
    const idle = guide.steps.find(({ file }) => files.has(file) && touched.length === 0);
    files.clear();
    if (idle) board.say({ message: `${typed(idle.file)} ${notRun}` });
    if (controller.judge(await renew())) touched.push(0);
    if (touched.length > 0) controller.saved(Math.min(...touched));
  }

  const close = watchGuideFiles(guide, clients, (file) => {
    files.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(settle);
      work.catch(controller.fail);
    }, SETTLED_MS);
  });
  return async () => {
    clearTimeout(timer);
    await close();
    await work.catch(() => {});
  };
}
