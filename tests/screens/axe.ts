import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What axe has to say, in a line each: https://github.com/dequelabs/axe-core */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result: axe.AxeResults = await page.evaluate("axe.run()");
  expect(result.passes.length).toBeGreaterThan(10);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
}
