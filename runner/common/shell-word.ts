/** What is printed works when it is pasted. */
export function shellWord(text: string, platform = process.platform): string {
  if (/^[\w./\\:@+-]+$/.test(text)) return text;
  return platform === "win32" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
