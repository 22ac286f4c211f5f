import { expect, test, vi } from "vitest";
import { unlessAborted } from "../../runner/common/abort.ts";

test("many databases are waited for at once without a warning", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { signal } = new AbortController();
  const all = Array.from({ length: 30 }, (_, index) =>
    unlessAborted(Promise.resolve(index), signal),
  );
  expect(await Promise.all(all)).toHaveLength(30);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
