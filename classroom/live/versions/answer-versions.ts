import { digestOf } from "../../../runner/common/kept-texts.ts";
import { changesBetween } from "../../../runner/document/changes.ts";
import type { Guide } from "../../../runner/guide/guide.ts";
import { findUnawaited } from "../../learn/awaits.ts";
import { sayUnawaited } from "../../learn/sentences.ts";
import { checkTypes } from "../../learn/types.ts";
import { type Refusal, refuseSecrets } from "../access.ts";
import type { LiveState } from "../live-state.ts";
import type { ScriptState } from "../messages.ts";
import type { Problem, ScriptAnswer, ScriptQuestion } from "../questions.ts";
import { checkSyntax } from "./check-syntax.ts";
import type { Script } from "./scripts.ts";
import { shownText, type VersionStore } from "./version-store.ts";

interface Parts {
  readonly scripts: readonly Script[];
  readonly store: VersionStore;
  readonly state: LiveState;
  readonly guide: Guide;
  /** For checking types. */
  readonly typesDirectory: string;
  /** Finds the syntax errors in a script of SQL. */
  readonly checkSql: (text: string) => Promise<Problem[]>;
  /** A version changed on which this run and later ones depend. */
  readonly onChange: (firstRun: number) => void;
}

/** The reader's versions, as the pages show and change them. */
export function openVersions(parts: Parts) {
  const { guide, scripts, store, state, typesDirectory, checkSql, onChange } = parts;
  let checking = new AbortController();
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

  const textOf = (script: Script) => store.of(script)?.text ?? shownText(script);

  function change(question: ScriptQuestion, script: Script): Refusal | undefined {
    if (question.kind !== "write" && question.kind !== "save") return undefined;
    if (question.seen !== digestOf(textOf(script))) return changedMeanwhile;
    const before = store.of(script)?.text;
    const refusal =
      question.kind === "save" ? store.save(script) : store.write(script, question.text);
    if (refusal) return refusal;
    if (store.of(script)?.text !== before) onChange(script.firstRun);
    show();
    return undefined;
  }

  async function check(question: ScriptQuestion, script: Script, text: string): Promise<Problem[]> {
    const isSql = script.language === "sql";
    const problems = await (isSql ? checkSql(text) : checkSyntax(text, script));
    if (problems.length > 0) return problems;
    if (script.language !== "ts") return [];
    const found = findUnawaited(text);
    const warning = { line: found?.line ?? 0, column: 0, isError: false };
    const warnings = found ? [{ ...warning, text: sayUnawaited(found) }] : [];
    if (question.kind !== "types") return warnings;
    checking.abort(); // one at a time
    checking = new AbortController();
    const { signal } = checking;
    const types = await checkTypes(guide.directory, script.file, text, typesDirectory, signal);
    return [...warnings, ...types.map(({ code: _, ...one }) => ({ ...one, isError: false }))];
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
      const shown = shownText(script);
      const text = question.kind === "write" ? (question.text ?? "") : "";
      const refusal =
        refuseSecrets("Your version", text) ??
        change(question, script) ??
        refuseSecrets(script.name, shown) ??
        refuseSecrets(`Your version of ${script.name}`, textOf(script));
      if (refusal) return refusal;
      const digest = digestOf(textOf(script));
      const version = store.of(script)?.text ?? null;
      const changes = version === null ? [] : (changesBetween(shown, version) ?? null);
      const problems = version === null ? [] : await check(question, script, version);
      return { guide: shown, version, digest, changes, problems };
    },
  };
}

const changedMeanwhile: Refusal = {
  status: 412,
  reason:
    "It was changed on another page or in the file. This text is not saved: choose one of the two.",
};

const notShown: Refusal = {
  status: 409,
  reason: "Your version was changed meanwhile, perhaps on another page. Look at it, and try again.",
};
