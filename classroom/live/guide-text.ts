import type { Guide } from "../../runner/guide/guide.ts";
import { reloadGuide } from "../../runner/guide/load-guide.ts";
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
      const now = await reloadGuide(guide);
      const before = page;
      page = await makeLivePage(now, clients, server, code);
      return page !== before;
    },
  };
}
