const quoteOrNumber = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON with each of its numbers as `written` has it. Its texts are passed over, not matched: one of ten million characters is
 * more than a pattern with choices in it can hold. Of what is no JSON anything may come.
 */
export function rewriteNumbers(json: string, written: (digits: string) => string): string {
  const pieces: string[] = [];
  let done = 0;
  quoteOrNumber.lastIndex = 0;
  for (let found = quoteOrNumber.exec(json); found !== null; found = quoteOrNumber.exec(json)) {
    const [token] = found;
    if (token === '"') {
      quoteOrNumber.lastIndex = endOfText(json, found.index);
      continue;
    }
    const now = written(token);
    if (now === token) continue;
    pieces.push(json.slice(done, found.index), now);
    done = quoteOrNumber.lastIndex;
  }
  return pieces.length === 0 ? json : pieces.join('') + json.slice(done);
}

/** Behind the quote that ends a text; of one that none ends, behind everything. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = end;
    while (json[escapes - 1] === '\\') escapes--;
    if ((end - escapes) % 2 === 0) return end + 1;
  }
  return json.length;
}
