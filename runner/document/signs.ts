/** What stands in each format of a document, and says that it was made by `export`. */
export const signs = {
  md: "<!-- Made by `run-guide export` from the guide's own files: change these instead. -->",
  ipynb: "about-this-notebook",
  html: '<meta name="generator" content="run-guide export">',
} as const;
