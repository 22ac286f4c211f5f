import { digestOf } from "../../../runner/common/files.ts";
import { changesBetween } from "../../../runner/document/changes.ts";
import type { Refusal } from "../access.ts";
import type { LiveState } from "../live-state.ts";
import type { ScriptState } from "../messages.ts";
import type { Problem, ScriptAnswer, ScriptQuestion } from "../questions.ts";
import { checkSyntax } from "./check-syntax.ts";
import type { TypeChecker } from "./check-types.ts";
import type { Script } from "./scripts.ts";
import { shownText, type VersionStore } from "./version-store.ts";

/** Finds the first query in a script that nothing waits for. */
export type Unawaited = (
  source: string,
) => { readonly line: number; readonly text: string } | undefined;

interface Parts {
  readonly scripts: readonly Script[];
  readonly store: VersionStore;
  readonly state: LiveState;
  readonly types: TypeChecker;
  readonly unawaited: Unawaited;
  /** Finds the syntax errors in a script of SQL. */
  readonly checkSql: (text: string) => Promise<Problem[]>;
  /** A version changed on which this run and later ones depend. */
  readonly onChange: (firstRun: number) => void;
}

/** The reader's versions, as the pages show and change them. */
export function openVersions({
  scripts,
  store,
  state,
  types,
  unawaited,
  checkSql,
  onChange,
}: Parts) {
  /** Tells the pages which scripts have a version. */
  function show(): void {
    state.setScripts(
      scripts.map((script): ScriptState => {
        const { name, language } = script;
        const [digest, isOutdated] = [store.digestOf(script), store.isOutdated(script)];
        return { name, language, digest, isOutdated };
      }),
    );
  }
  show();

  function change(script: Script, work: () => Refusal | undefined): Refusal | undefined {
    const before = store.of(script)?.text;
    const refusal = work();
    if (!refusal && store.of(script)?.text !== before) onChange(script.firstRun);
    if (!refusal) show();
    return refusal;
  }

  const textOf = (script: Script) => store.of(script)?.text ?? shownText(script);

  function changeAs(question: ScriptQuestion, script: Script): Refusal | undefined {
    if ("seen" in question && question.seen !== digestOf(textOf(script))) return changedMeanwhile;
    switch (question.kind) {
      case "script":
      case "types":
        return undefined;
      case "write": {
        const { text } = question;
        return change(script, () =>
          text === null ? void store.remove(script) : store.write(script, text),
        );
      }
      case "save":
        return change(script, () => store.save(script));
    }
  }

  async function check(question: ScriptQuestion, script: Script, text: string): Promise<Problem[]> {
    const isSql = script.language === "sql";
    const problems = await (isSql ? checkSql(text) : checkSyntax(text, script));
    if (problems.length > 0) return problems;
    const found = script.language === "ts" ? unawaited(text) : undefined;
    const warnings = found ? [{ ...found, column: 0, isError: false }] : [];
    if (question.kind !== "types") return warnings;
    return [...warnings, ...((await types.check(script.file, text)) ?? [])];
  }

  return {
    show,

    /**
     * Makes sure that what runs is what the page shows.
     * @param shown the digests of the versions on the page, by the index of their script
     */
    refuseUnseen(shown: Readonly<Record<string, string>>): Refusal | undefined {
      const isSeen = scripts.every(
        (script, index) => store.digestOf(script) === (shown[index] ?? ""),
      );
      return isSeen ? undefined : notShown;
    },

    /** @throws Failure if a file cannot be read or written */
    async answer(question: ScriptQuestion): Promise<ScriptAnswer | Refusal> {
      const script = scripts[question.script];
      if (!script) return { status: 404, reason: "There is no such script." };
      const refusal = changeAs(question, script);
      if (refusal) return refusal;
      const guide = shownText(script);
      const digest = digestOf(textOf(script));
      const version = store.of(script)?.text ?? null;
      const changes = version === null ? [] : (changesBetween(guide, version) ?? null);
      const problems = version === null ? [] : await check(question, script, version);
      return { guide, version, digest, changes, problems };
    },
  };
}

const changedMeanwhile: Refusal = {
  status: 412,
  reason:
    "It was changed meanwhile, on another page or in the file. What is here is not kept: choose one of them.",
};

const notShown: Refusal = {
  status: 409,
  reason: "Your version was changed meanwhile, perhaps on another page. Look at it, and try again.",
};
