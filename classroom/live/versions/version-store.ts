import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { readRecord } from "../../../runner/common/json.ts";
import { digestOf } from "../../../runner/common/kept-texts.ts";
import { readRegularFile } from "../../../runner/common/read-files.ts";
import { replaceFile, writeWhole, writing } from "../../../runner/common/write-files.ts";
import type { Guide } from "../../../runner/guide/guide.ts";
import { withoutRegions } from "../../../runner/guide/step-source.ts";
import type { Texts } from "../../../runner/run/program-sources.ts";
import { cacheDirectory } from "../../../runner/workspace/cache-directory.ts";
import { readToChange, withEndsOf } from "../../common/change-text.ts";
import type { Refusal } from "../access.ts";
import { findAgain, sign } from "./find-again.ts";
import { withRegionsOf } from "./regions.ts";
import type { Script } from "./scripts.ts";

/** Bytes of a version. */
export const VERSION_LIMIT = 64 * 1024;

export const tooLong: Refusal = {
  status: 413,
  reason: `A version has at most ${VERSION_LIMIT / 1024} KiB. This one is not kept, and does not run.`,
};

/** What the reader wrote in place of a script. */
export interface Version {
  readonly text: string;
  /** The digest of the script when the version was begun. */
  readonly base: string;
}

/** The reader's versions of the guide's scripts. They are in the cache, never in the guide. */
export type VersionStore = ReturnType<typeof openVersionStore>;

export function openVersionStore({ directory }: Guide, scripts: readonly Script[]) {
  const folder = join(cacheDirectory(), "versions", digestOf(directory).slice(0, 16));
  const placeOf = ({ file }: Script) =>
    join(folder, `${digestOf(relative(directory, file)).slice(0, 16)}.json`);
  findAgain(
    folder,
    directory,
    scripts.map((script) => ({ base: digestOf(readScript(script)), place: placeOf(script) })),
  );
  /** Always from the file: the guide may be open in another terminal, too. */
  function versionOf(script: Script): Version | undefined {
    const { text, base } = readRecord(placeOf(script));
    return typeof text === "string" && typeof base === "string" ? { text, base } : undefined;
  }

  const remove = (script: Script): void => rmSync(placeOf(script), { force: true });

  return {
    of: versionOf,

    /** What runs in place of the scripts. */
    texts(): Texts {
      const texts = scripts.map((script) => [script.file, versionOf(script)?.text] as const);
      return new Map(texts.flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])));
    },

    /** The digest of a script's version; empty without one. */
    digestOf(script: Script): string {
      const version = versionOf(script);
      return version ? digestOf(version.text) : "";
    },

    /**
     * Keeps what the reader wrote. The guide's own text is not a version.
     * @param text null to give the version up
     * @returns why it is not kept
     * @throws Failure of kind "usage" if it cannot be written
     */
    write(script: Script, text: string | null): Refusal | undefined {
      if (text === null || text === shownText(script)) return void remove(script);
      if (Buffer.byteLength(text) > VERSION_LIMIT) return tooLong;
      const base = versionOf(script)?.base ?? digestOf(readScript(script));
      const place = placeOf(script);
      writing(place, () => {
        writeWhole(place, JSON.stringify({ text, base, name: script.name }), 0o600);
        sign(folder, directory);
      });
      return undefined;
    },

    /** True if the script has changed since its version was begun. */
    isOutdated(script: Script): boolean {
      const version = versionOf(script);
      return version !== undefined && digestOf(readScript(script)) !== version.base;
    },

    /**
     * Writes a version to the script's own file.
     * @returns why it is not written
     * @throws Failure of kind "usage" if the file is not in UTF-8, or cannot be written
     */
    save(script: Script): Refusal | undefined {
      const version = versionOf(script);
      if (!version) return { status: 409, reason: `There is no version of ${script.name}.` };
      const original = readScript(script);
      if (digestOf(original) !== version.base) {
        const reason = `${script.name} has changed since your version was begun, so it is not replaced. Copy what you need, and choose Reset.`;
        return { status: 409, reason };
      }
      const before = readToChange(script.file);
      const text = withEndsOf(before, withRegionsOf(original, version.text, script.file));
      writing(script.file, () => replaceFile(script.file, text));
      return void remove(script);
    },
  };
}

/** The text of a script as the page shows it, and runs it once it is changed: without its regions' comments. */
export function shownText(script: Script): string {
  return withoutRegions(readScript(script), script.file);
}

/** Reads the text of a script, with LF at the ends of its lines. */
function readScript({ file }: Script): string {
  const text = readRegularFile(file)?.toString("utf8") ?? "";
  return text.replaceAll("\r\n", "\n");
}
