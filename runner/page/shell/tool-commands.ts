import { quoted, wordsOf } from "./command-line.ts";

const option = /(?:\s+-{1,2}[\w-]+(?:=\S+|\s+[^-\s]\S*)?)*/.source;

/** What a tool is asked for, behind its options: the source of a pattern. */
const asked = (commands: string) => new RegExp(`^\\S+${option}\\s+(?:${commands})(?:\\s|$)`);

const container =
  "up(?=(?:\\s+(?:-d|--detach|--build|--wait|\\w[\\w-]*))*$)|start|restart|pull|push|build|create|ps|ls|logs|images?|inspect|version|info|login|port|stats|top|config|search|tag|network (?:create|ls|inspect)|volume (?:create|ls|inspect)|context|buildx";
const cloud =
  "auth|config|configure|init|login|version|components|sts|account|(?:[\\w-]+ )*(?:list|describe|show|get|create|wait|enable|register)(?:-[\\w-]+)?|s3 ls";

/**
 * Of tools that reach a server: the commands that only start, install, make or show something. Any other one may change
 * what a reader has by then.
 */
const tools: readonly (readonly [tool: RegExp, keeps: RegExp])[] = [
  [
    /^(?:docker|podman)\b(?!-)/,
    new RegExp(
      `${asked(container).source}|^\\w+${option}\\s+compose${option}\\s+(?:${container})(?:\\s|$)`,
    ),
  ],
  [/^(?:docker|podman)-compose\b/, asked(container)],
  [
    /^(?:neonctl|neon)\b/,
    /^(?!.*\s--psql\b)\S+(?:\s+(?:auth|login|me|completion|connection-string|cs|set-context|init|--\w+)(?:\s|$)|\s+[a-z-]+\s+(?:list|get|show|create|add-compute)(?:\s|$))/,
  ],
  [
    /^vercel\b/,
    asked("link|login|whoami|ls|list|logs|inspect|env|pull|dev|integration|domains|open"),
  ],
  [
    /^gh\b/,
    asked(
      "auth|browse|secret|variable|status|search|(?:repo|pr|issue|run|release|workflow|gist) (?:view|list|create|clone|fork|watch|status|diff)",
    ),
  ],
  [
    /^heroku\b/,
    asked(
      "login|auth\\S*|create|apps\\S*|addons(?::(?:create|info|open|wait))?|config\\S*|logs|ps|open|info|git:remote|plugins\\S*|keys\\S*|pg|pg:(?:info|credentials\\S*|wait|ps)|pg:psql(?=(?:\\s+(?:-a|--app)[\\s=]\\S+)?$)",
    ),
  ],
  [
    /^(?:fly|flyctl)\b/,
    asked(
      "auth|status|logs|secrets|ips|version|open|proxy|regions|platform|(?:apps|postgres|pg|mpg|machines?|volumes?) (?:create|list|status)",
    ),
  ],
  [/^netlify\b/, asked("login|init|link|status|dev|open|env:\\w+|sites:(?:list|create)")],
  [/^(?:aws|gcloud|az)\b/, asked(cloud)],
  [
    /^kubectl\b/,
    asked(
      "get|describe|logs|version|config|cluster-info|explain|api-\\w+|port-forward|wait|top|label|annotate|rollout status|create (?:secret|namespace|ns|configmap)",
    ),
  ],
  [/^terraform\b/, asked("init|plan|validate|fmt|output|show|version|providers")],
  // Without a command for the other machine.
  [
    /^ssh\b/,
    /^ssh(?:\s+-[BbcDEeFIiJLlmOopQRSWw]\s*\S+|\s+-\w+)*\s+[^\s-]\S*(?:\s+-\w+(?:\s+\S+)?)*$/,
  ],
  [
    /^git\b/,
    asked(
      "clone|init|add|commit|status|log|diff|show|branch|remote|config|fetch|tag|rev-parse|ls-files|push(?=(?:\\s+-\\S+)*(?:\\s+origin\\b.*)?$)",
    ),
  ],
];

/** @returns undefined for what is none of these tools */
export function keepsServer(command: string): boolean | undefined {
  const [, keeps] = tools.find(([tool]) => tool.test(command)) ?? [];
  return keeps?.test(command.replace(/\s\\\n\s*/g, " "));
}

/** True for a request of curl, wget or HTTPie that asks a server for more than to show something. */
export function asksServer(command: string): boolean {
  if (/^http\b/.test(command)) return !onlyGets(wordsOf(command).slice(1));
  const text = command.replace(/(["'])(\w+)\1/g, "$2").replace(quoted, "_");
  return /\s(?:-[a-zA-Z#]*[dFTK]|-[a-zA-Z#]*X\s*(?!\s|(?:GET|HEAD)\b)|--request[\s=]+(?![\s=]|(?:GET|HEAD)\b)|--(?:data|form|json|upload-file|config|post|body|method)\b)/.test(
    text,
  );
}

/** HTTPie: a method, an address, and what is sent. */
function onlyGets(words: readonly string[]): boolean {
  const own = words.filter((word) => !word.startsWith("-"));
  const isMethod = /^[A-Z]+$/.test(own[0] ?? "");
  const items = own.slice(isMethod ? 2 : 1);
  const isRead = !isMethod || /^(?:GET|HEAD|OPTIONS)$/.test(own[0] ?? "");
  return isRead && items.every((item) => /^[\w.-]*:(?!=)|==/.test(item));
}
