import { expect } from "vitest";
import type { Details, ServerEvent } from "../../classroom/live/messages.ts";
import type { Action, Answers, Question, Shown } from "../../classroom/live/questions.ts";
import type { LiveGuide } from "./live.ts";

/** A page that is open, without its browser. */
export interface Visit {
  /** The page, as the browser gets it. */
  html(): Promise<string>;
  /** Asks for something. @returns the refusal, empty where it was taken on */
  ask(action: Action & { readonly shown?: Shown }): Promise<string>;
  /** Asks for something. @returns all that the page is told from then on, up to this */
  told(action: Action, until: RegExp): Promise<string>;
  /** Asks a question. @returns the answer, or the refusal */
  question<Asked extends Question>(
    question: Asked,
  ): Promise<Answers[Asked["kind"]] & { readonly refusal?: string }>;
  /** What is said of a run that is done. */
  text(run: number): Promise<string>;
  /** What is wrong with a run, for each client. */
  details(run: number): Promise<readonly Details[]>;
  /** Waits until the runs are shown so, such as "match | stale match | waiting". */
  shows(runs: string): Promise<void>;
  /** Waits until a run that is still running shows this output. */
  prints(text: string): Promise<void>;
  /** Likewise until nothing is running, and gives what is said then. */
  ends(runs: string): Promise<string>;
}

export async function visit(guide: Pick<LiveGuide, "address">): Promise<Visit> {
  const address = await guide.address();
  const { origin } = new URL(address);
  const cookie = (await fetch(address)).headers.get("set-cookie")?.split(";")[0] ?? "";

  /** Joins as a page does. @returns what it is told, up to this */
  async function join(until: RegExp, joined: () => Promise<unknown> = async () => {}) {
    const { body } = await fetch(`${origin}/events`, { headers: { cookie } });
    await joined();
    let told = "";
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += text;
      if (until.test(told)) break;
    }
    return told;
  }

  async function look() {
    const told = await join(/\n\n/);
    const event: ServerEvent = JSON.parse(told.split("\n\n")[0]?.slice("data: ".length) ?? "");
    if (event.kind !== "past") throw new Error(`The first event is not the past: ${told}`);
    const runs = event.states.map((state) => {
      if (state.kind !== "done") return state.kind;
      return `${state.isStale ? "stale " : ""}${state.verdict}`;
    });
    const outputs = event.states.flatMap((state) =>
      state.kind === "running" ? Object.values(state.outputs) : [],
    );
    const { status, states } = event;
    return { ...status, states, runs: runs.join(" | "), printed: outputs.join("") };
  }

  const post = (path: string, json: object) =>
    fetch(origin + path, {
      method: "POST",
      headers: { cookie, origin, "content-type": "application/json" },
      body: JSON.stringify(json),
    });

  return {
    html: async () => (await fetch(origin, { headers: { cookie } })).text(),
    told: (action, until) => join(until, () => post("/ask", { shown: {}, ...action })),
    async question(question) {
      const answer = await post("/ask", question);
      const text = await answer.text();
      return JSON.parse(
        answer.ok ? text : JSON.stringify({ refusal: `${answer.status}: ${text}` }),
      );
    },
    async ask(action) {
      const answer = await post("/ask", { shown: {}, ...action });
      return answer.ok ? "" : `${answer.status}: ${await answer.text()}`;
    },
    async text(run) {
      const state = (await look()).states[run];
      return state?.kind === "done" ? state.text : "";
    },
    async details(run) {
      const state = (await look()).states[run];
      return state?.kind === "done" ? state.clients.map(({ details }) => details) : [];
    },
    async shows(runs) {
      await expect.poll(async () => (await look()).runs, { timeout: 20_000 }).toBe(runs);
    },
    async prints(text) {
      await expect.poll(async () => (await look()).printed, { timeout: 20_000 }).toContain(text);
    },
    async ends(runs) {
      const isBusy = async () => (await look()).isBusy;
      await expect.poll(isBusy, { timeout: 20_000 }).toBe(false);
      const now = await look();
      expect(now.runs, now.message).toBe(runs);
      return now.message;
    },
  };
}
