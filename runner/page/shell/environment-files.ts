/** What reads a file of variables, or says which. */
const reads = /dotenv|["'`/]\.env\b|env[-_]?file|load_?env/i;
/** A package that may do so: of settings, or a framework. Not `node:process` or a file of the page. */
const packages =
  /^\s*(?:import|from)\s+(?!["'.])[^"'\n]*(?:env|conf|setting|decouple|prisma|django|flask|pydantic)|(?:from|import|require\()[\s(]*["'](?![./]|node:)[^"'\n]*(?:env|conf|setting|prisma|next|nuxt|astro|vite|remix|nest|svelte|typeorm|adonis|strapi|payload)/im;

/** True for programs, and their commands, that may read the variables of a file such as .env. */
export function mayLoadVariables(texts: readonly string[]): boolean {
  return texts.some((text) => reads.test(text) || packages.test(text));
}
