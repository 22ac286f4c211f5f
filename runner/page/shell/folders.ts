import { posix } from "node:path";

/** The folder in which a shell is, seen from the first one; undefined where that cannot be known. */
export type Folder = string | undefined;

const changesFolder =
  /^(?:cd|pushd|chdir|Set-Location|sl)\s+(?:\/d\s+|--\s+)?(?:"([^"$`]+)"|'([^']+)'|([^\s"'$`|&;<>(){}*?]+))\s*(?:\|\|.*)?$/i;

/**
 * Says where a shell is after a command.
 * @param hasFolder true for a folder in which the page has files
 */
export function folderAfter(
  command: string,
  folder: Folder,
  hasFolder: (path: string) => boolean,
): Folder {
  if (!/^(?:cd|pushd|popd|chdir|Set-Location|sl)\b/i.test(command)) return folder;
  const [, ...quoted] = changesFolder.exec(command) ?? [];
  const to = quoted.find((one) => one !== undefined)?.replaceAll("\\", "/");
  if (to === undefined || to === "-") return undefined;
  const path = posix.normalize(to).replace(/\/$/, "");
  if (folder !== undefined && !/^(?:[/~]|[A-Za-z]:)/.test(path)) {
    return posix.join(folder, path).replace(/^(?:\.\.?(?:\/|$))+/, "");
  }
  const parts = path.split("/");
  return parts.map((_, at) => parts.slice(at).join("/")).find(hasFolder);
}
