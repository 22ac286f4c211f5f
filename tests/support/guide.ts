import { type Files, makeFiles } from "./files.ts";

/** A guide's directory, which a test may change. It goes when the test is over. */
export function makeGuide(manifest: object, names = ["01-a", "02-b", "03-c"]): Files {
  return makeFiles("guide", {
    "package.json": '{ "type": "module" }',
    "steps/guide.json": JSON.stringify({ title: "A guide", ...manifest }),
    ...Object.fromEntries(names.map((name) => [`steps/${name}.ts`, `/*\n# ${name}\n*/\n`])),
  });
}
