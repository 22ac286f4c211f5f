import { afterEach, expect, test, vi } from "vitest";
import { findChromium } from "../../tools/pictures/chromium.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("CHROMIUM names the browser", () => {
  vi.stubEnv("CHROMIUM", process.execPath);
  expect(findChromium()).toBe(process.execPath);
});

test("a browser that is not there is a failure, with what to do", () => {
  vi.stubEnv("CHROMIUM", "/no/such/browser");
  expect(() => findChromium()).toThrow(
    "CHROMIUM names a file that is not there: /no/such/browser.",
  );
});
