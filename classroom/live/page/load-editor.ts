import type { EditorOptions, TextEditor } from "./editor/editor.ts";

type Open = (parent: HTMLElement, options: Omit<EditorOptions, "nonce">) => TextEditor;

/** Not a constant: the bundler would look for the file. */
const address = () => "/editor.js";
let loading: Promise<typeof import("./editor/editor.ts")> | undefined;

/** Loads the editor from the page's own server, the first time that it is needed. */
export async function loadEditor(): Promise<Open> {
  loading ??= import(address());
  const { openEditor } = await loading;
  const nonce = document.querySelector("style")?.nonce ?? "";
  return (parent, options) => openEditor(parent, { ...options, nonce });
}
