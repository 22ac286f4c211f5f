import { Failure } from "../failure.ts";
import type { Guide } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { makeLivePage, type PageCode, type Server } from "./page-of-guide.ts";
import type { LiveClient } from "./sight.ts";

/** The page, as the guide's files are now. */
export interface GuideText {
  readonly page: string;
  /**
   * Reads the files again.
   * @returns whether the page is another one now
   * @throws Failure where they cannot be shown: the page stays as it is
   */
  renew(): Promise<boolean>;
}

export async function openGuideText(
  guide: Guide,
  clients: readonly LiveClient[],
  server: Server,
  code: PageCode,
): Promise<GuideText> {
  let page = await makeLivePage(guide, clients, server, code);
  return {
    get page() {
      return page;
    },
    async renew() {
      const now = await loadGuide(guide.directory);
      if (namesOf(now) !== namesOf(guide)) {
        throw new Failure("layout", "The guide has other runs now. Start it again to see them.");
      }
      const before = page;
      page = await makeLivePage(now, clients, server, code);
      return page !== before;
    },
  };
}

function namesOf({ runs }: Guide): string {
  return runs.map(({ name }) => name).join(" ");
}
