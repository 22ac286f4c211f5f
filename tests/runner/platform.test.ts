import { expect, test } from "vitest";
import { remedyFor, thisPlatform } from "../../runner/database/embedded/binaries.ts";

test.each([
  ["linux", "x64", true, "Linux with musl, such as Alpine. Set DATABASE_URL to a "],
  ["linux", "x64", true, "or use an image with glibc, such as node:24-slim."],
  ["linux", "riscv64", false, "on linux on riscv64. Set DATABASE_URL to a "],
  ["windows", "arm64", false, "install Node.js for x64, which Windows on ARM runs too."],
])("%s on %s (musl: %s) is told what to do instead", (os, arch, isMusl, remedy) => {
  expect(remedyFor({ os, arch, isMusl })).toContain(remedy);
  expect(remedyFor({ os, arch, isMusl })).not.toContain("npm ci");
});

test.each([
  ["linux", "x64"],
  ["linux", "arm64"],
  ["darwin", "arm64"],
  ["windows", "x64"],
])("%s on %s has binaries", (os, arch) => {
  expect(remedyFor({ os, arch, isMusl: false })).toBeUndefined();
});

test("this machine has binaries, or this suite would not run", () => {
  expect(remedyFor(thisPlatform())).toBeUndefined();
});
