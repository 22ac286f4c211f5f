import { closeSync, type FSWatcher, openSync, readSync, watch } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/**
 * Reports what a process writes to a file, as soon as the system says that the file has changed.
 * @param firstByte where the output begins
 * @param limit how many bytes to report
 * @returns a function that reports the rest, and ends this
 */
export function followOutput(
  file: string,
  firstByte: number,
  limit: number,
  onText: (text: string) => void,
): () => void {
  const descriptor = openSync(file, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(16 * 1024);
  let position = firstByte;

  function read(): void {
    for (;;) {
      const size = Math.min(buffer.length, firstByte + limit - position);
      const length = size > 0 ? readSync(descriptor, buffer, 0, size, position) : 0;
      if (length === 0) return;
      position += length;
      const text = decoder.write(buffer.subarray(0, length));
      if (text) onText(text);
    }
  }

  const watcher = tryWatch(file, read);
  read();
  return () => {
    watcher?.close();
    read();
    closeSync(descriptor);
  };
}

/** The system may have no watch left for us. Then the output is reported at its end. */
function tryWatch(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(file, onChange).on("error", () => {});
  } catch {
    return undefined;
  }
}
