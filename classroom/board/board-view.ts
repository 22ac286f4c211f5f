import type { ServerResponse } from "node:http";
import { jsonWithoutSecrets } from "../../runner/common/secrets.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { type Learner, presenceOf } from "./learners.ts";

/** What the board's page shows. It has names only if they are to be shown. */
export type BoardView = ReturnType<typeof boardView>;

/** What the board needs to know of a course. */
export interface BoardCourse {
  readonly name: string;
  readonly exercises: readonly { readonly name: string; readonly title: string }[];
}

/** The board has room for so many. */
const SHOWN_ONE_BY_ONE = 6;

/** More learners than these are counted, and not shown one by one. */
const EVERYONE_SHOWN = 400;

/** @param now milliseconds since 1970 */
export function boardView(
  { title, command }: Pick<Guide, "title" | "command">,
  courses: readonly BoardCourse[],
  learners: readonly Learner[],
  showNames: boolean,
  now: number,
) {
  const shown = courses.map((course) => courseView(course, learners));
  const nameOf = ({ name, number }: Learner) => (showNames ? name : `Learner ${number}`);
  const secondsSince = (time: number) => Math.max(0, Math.round((now - time) / 1000));
  const present = learners.filter((learner) => presenceOf(learner, now) === "here");
  // The learners who have been at one exercise for the longest time, longest first.
  const waiting = present
    .flatMap((learner) => {
      const { at, progress } = learner;
      if (!at) return [];
      const { attempts = 0, hints = 0 } = progress[at.exercise] ?? {};
      const seconds = secondsSince(at.since);
      return [{ who: nameOf(learner), exercise: at.exercise, seconds, attempts, hints }];
    })
    .sort((a, b) => b.seconds - a.seconds);
  const helping = present
    .flatMap((learner) =>
      learner.help === undefined
        ? []
        : [
            {
              who: nameOf(learner),
              exercise: learner.at?.exercise ?? "",
              seconds: secondsSince(learner.help),
            },
          ],
    )
    .sort((a, b) => b.seconds - a.seconds);
  const everyone = learners.slice(0, EVERYONE_SHOWN).map((learner) => ({
    who: showNames ? learner.name : String(learner.number),
    presence: presenceOf(learner, now),
    needsHelp: learner.help !== undefined,
    done: Object.values(learner.progress).filter(({ verdict }) => verdict === "passed").length,
  }));
  return {
    title,
    command,
    now,
    helping,
    everyone,
    // Those who ask for help come first.
    waiting: waiting.slice(0, Math.max(2, SHOWN_ONE_BY_ONE - helping.length)),
    learners: learners.length,
    here: present.length,
    courses: shown.filter((course) => course.learners > 0),
  };
}

function courseView({ name, exercises }: BoardCourse, learners: readonly Learner[]) {
  const inCourse = learners.filter(({ progress }) => exercises.some((one) => progress[one.name]));
  const hasDone = ({ progress }: Learner, one: string) => progress[one]?.verdict === "passed";
  const count = (isCounted: (learner: Learner) => boolean) => inCourse.filter(isCounted).length;
  const here = new Map(
    exercises.map((one) => {
      const isAt = ({ at, hasLeft }: Learner) => !hasLeft && at?.exercise === one.name;
      return [one.name, count(isAt)] as const;
    }),
  );
  const most = Math.max(0, ...here.values());
  return {
    name,
    learners: inCourse.length,
    finished: count((learner) => exercises.every((one) => hasDone(learner, one.name))),
    exercises: exercises.map(({ name: exercise, title }) => ({
      name: exercise,
      title,
      here: here.get(exercise) ?? 0,
      /** The exercise that most learners of the course are at. */
      isBusiest: most > 1 && here.get(exercise) === most,
      done: count((learner) => hasDone(learner, exercise)),
    })),
  };
}

export type Pages = ReturnType<typeof openPages>;

export const PAGE_LIMIT = 300;
const SOON_MS = 200;
/** The pages get the view this often even without changes: silence means that the board is gone. */
const PULSE_MS = 10_000;

/**
 * Keeps the open pages, each with a stream of events.
 * @param view makes what a page shows. It is always sent as a whole, so a page can miss one
 */
export function openPages(view: () => BoardView) {
  /** Each with its network address, the oldest first. */
  const pages = new Map<ServerResponse, string>();
  let soon: NodeJS.Timeout | undefined;
  const event = () => `data: ${jsonWithoutSecrets(view())}\n\n`;

  function sendAll(): void {
    soon = undefined;
    const text = event();
    // A page that doesn't read must not fill our memory.
    for (const page of pages.keys()) if (!page.writableNeedDrain) page.write(text);
  }
  const pulse = setInterval(sendAll, PULSE_MS).unref();

  /** Drops the oldest page of the address with the most pages, so one address can't keep others out. */
  function dropOne(): void {
    const counts = new Map<string, number>();
    for (const address of pages.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const [page] = [...pages].find(([, address]) => counts.get(address) === most) ?? [];
    if (page) pages.delete(page);
    page?.destroy();
  }

  return {
    join(response: ServerResponse) {
      if (pages.size >= PAGE_LIMIT) dropOne();
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: 2000\n${event()}`);
      pages.set(response, response.req.socket.remoteAddress ?? "");
      response.on("close", () => pages.delete(response));
    },
    /** Sends the view to all pages soon, once for all changes until then. */
    changed() {
      soon ??= setTimeout(sendAll, SOON_MS);
    },
    close() {
      clearInterval(pulse);
      clearTimeout(soon);
      for (const page of pages.keys()) page.end();
    },
  };
}
