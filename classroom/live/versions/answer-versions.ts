import { digestOf } from "../../../runner/common/files.ts";
import { changesBetween } from "../../../runner/document/changes.ts";
import type { Refusal } from "../access.ts";
import type { LiveState } from "../live-state.ts";
import type { ScriptState } from "../messages.ts";
import type { Question, ScriptAnswer } from "../questions.ts";
import type { Script } from "./scripts.ts";
import { readScript, type VersionStore } from "./version-store.ts";

interface Parts {
  readonly scripts: readonly Script[];
  readonly store: VersionStore;
  readonly state: LiveState;
  /** A version changed on which this run and later ones depend. */
  readonly onChange: (firstRun: number) => void;
}

/** The reader's versions, as the pages show and change them. */
export function openVersions({ scripts, store, state, onChange }: Parts) {
  /** Tells the pages which scripts have a version. */
  function show(): void {
    state.setScripts(
      scripts.map((script): ScriptState => {
        const { file: _, firstRun, ...shown } = script;
        const version = store.of(script);
        return {
          ...shown,
          digest: version ? digestOf(version.text) : "",
          isOutdated: store.isOutdated(script),
        };
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

  function changeAs(question: Question, script: Script): Refusal | undefined {
    switch (question.kind) {
      case "script":
        return undefined;
      case "write": {
        const { text } = question;
        return change(script, () =>
          text === null ? void store.remove(script) : store.write(script, text),
        );
      }
      case "save": {
        const version = store.of(script);
        if (digestOf(version?.text ?? "") !== question.digest) return notShown;
        return change(script, () => store.save(script));
      }
    }
  }

  return {
    show,

    /**
     * Makes sure that what runs is what the page shows.
     * @param shown the digests of the versions on the page, by the index of their script
     */
    refuseUnseen(shown: Readonly<Record<string, string>>): Refusal | undefined {
      const isSeen = scripts.every((script, index) => {
        const version = store.of(script);
        return (version ? digestOf(version.text) : "") === (shown[index] ?? "");
      });
      return isSeen ? undefined : notShown;
    },

    /** @throws Failure if a file cannot be read or written */
    answer(question: Question): ScriptAnswer | Refusal {
      const script = scripts[question.script];
      if (!script) return { status: 404, reason: "There is no such script." };
      const refusal = changeAs(question, script);
      if (refusal) return refusal;
      const guide = readScript(script);
      const version = store.of(script)?.text ?? null;
      return {
        guide,
        version,
        changes: version === null ? [] : (changesBetween(guide, version) ?? null),
      };
    },
  };
}

const notShown: Refusal = {
  status: 409,
  reason: "Your version was changed meanwhile, perhaps on another page. Look at it, and try again.",
};
