import { join } from "node:path";
import { test } from "vitest";
import { expectRefused, expectReport } from "../support/command.ts";
import { otherGuide } from "../support/shell-guide.ts";

const typescript = (name: string) =>
  `/*\n# Say it\n*/\nimport { word } from "${name}";\n\nconsole.log(word);\n`;

test.each([
  ["by its path", "02-say.ts", typescript("../lib/word.ts"), "lib/word.ts"],
  ["by an alias", "02-say.ts", typescript("#word"), "lib/word.ts"],
  ["in its own way", "02-say.sh", '. "$(dirname "$0")/../lib/word.sh"\n', "lib/word.sh"],
])(
  "a module that a step uses %s proves nothing where it changes during a run",
  async (_, name, code, module) => {
    const texts = { "lib/word.ts": 'export const word = "Dune";\n', "lib/word.sh": "echo Dune\n" };
    const guide = otherGuide({
      "steps/guide.json": JSON.stringify({
        ...{ title: "Words", runs: ["01-save", "02-say"], programs: { sh: ["sh"] } },
      }),
      "steps/01-save.sh": "echo Saved\n",
      "steps/01-save.md": "# Save it\n",
      [`steps/${name}`]: code,
      ...(name.endsWith(".sh") && { "steps/02-say.md": "# Say it\n" }),
      "expected/01-save.txt": "Saved\n",
      "expected/02-say.txt": "Dune\n",
      ...texts,
    });
    guide.write("package.json", '{ "type": "module", "imports": { "#word": "./lib/word.ts" } }');
    await expectReport(guide.guide(), 0, "All 2 outputs are verified");

    const file = join(guide.directory, module);
    const saves = `f="$(dirname "$0")/../${module}"; sed s/Dune/Emma/ "$f" > f; cat f > "$f"\n`;
    guide.write("steps/01-save.sh", `echo Saved\n${saves}`);
    await expectRefused(guide.guide(), `${file} changed while the guide ran. Run again`);
  },
);
