const [carriageReturn, lineFeed] = [0x0d, 0x0a];

/** Ends of lines, found from left to right, -1 for none: where there is one kind alone the other is looked for once. */
export function lineEndFinder(bytes: Buffer): (from: number) => number {
  const places = [carriageReturn, lineFeed].map((byte) => ({ byte, at: bytes.indexOf(byte) }));
  return (from) => {
    let end = -1;
    for (const place of places) {
      if (place.at >= 0 && place.at < from) place.at = bytes.indexOf(place.byte, from);
      if (place.at >= 0 && (end < 0 || place.at < end)) end = place.at;
    }
    return end;
  };
}
