// Line charts as SVG, written by hand: what docs/performance.md shows.
const width = 720;
const height = 360;
const margin = { top: 48, right: 24, bottom: 56, left: 72 };
const colours = ['#1f6f8b', '#c8553d', '#5b8c5a', '#7d5ba6', '#b8860b'];

/**
 * `series`: `{ name, points: [[x, y], …] }`. The x axis has the values that occur, evenly spaced: they double from one
 * to the next, or are names.
 */
export function lineChart({ title, xTitle, yTitle, series }) {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))];
  const top = niceTop(Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))));
  const xAt = (x) => margin.left + ((xs.indexOf(x) + 0.5) / xs.length) * (width - margin.left - margin.right);
  const yAt = (y) => height - margin.bottom - (y / top) * (height - margin.top - margin.bottom);
  return document(title, [
    ...grid(top, yAt),
    ...xs.map((x) => text(xAt(x), height - margin.bottom + 18, String(x))),
    text(width / 2, height - 12, xTitle),
    `<text transform="translate(18 ${height / 2}) rotate(-90)" text-anchor="middle">${escaped(yTitle)}</text>`,
    ...series.flatMap((one, index) => line(one, { colour: colours[index % colours.length], xAt, yAt })),
    ...legend(series.map(({ name }) => name)),
  ]);
}

/** `groups`: `{ name, bars: [[name, value], …] }`, one cluster of bars a group. */
export function barChart({ title, yTitle, groups }) {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(([name]) => name)))];
  const top = niceTop(Math.max(...groups.flatMap(({ bars }) => bars.map(([, value]) => value))));
  const yAt = (y) => height - margin.bottom - (y / top) * (height - margin.top - margin.bottom);
  const groupWidth = (width - margin.left - margin.right) / groups.length;
  const barWidth = Math.min(56, (groupWidth * 0.8) / names.length);
  const bars = groups.flatMap(({ name, bars: own }, groupIndex) => {
    const middle = margin.left + groupWidth * (groupIndex + 0.5);
    const left = middle - (barWidth * names.length) / 2;
    return [
      text(middle, height - margin.bottom + 18, name),
      ...own.flatMap(([bar, value]) => {
        const index = names.indexOf(bar);
        const x = left + index * barWidth;
        return [
          `<rect x="${rounded(x)}" y="${rounded(yAt(value))}" width="${rounded(barWidth - 4)}" height="${rounded(yAt(0) - yAt(value))}" fill="${colours[index % colours.length]}"/>`,
          text(x + barWidth / 2 - 2, yAt(value) - 5, String(value)),
        ];
      }),
    ];
  });
  const yName = `<text transform="translate(18 ${height / 2}) rotate(-90)" text-anchor="middle">${escaped(yTitle)}</text>`;
  return document(title, [...grid(top, yAt), yName, ...bars, ...legend(names)]);
}

function document(title, parts) {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${width / 2}" y="20" text-anchor="middle" font-size="15">${escaped(title)}</text>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

function grid(top, yAt) {
  return Array.from({ length: 6 }, (_, index) => (top / 5) * index).flatMap((y) => [
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${rounded(yAt(y))}" y2="${rounded(yAt(y))}" stroke="#ddd"/>`,
    `<text x="${margin.left - 8}" y="${rounded(yAt(y) + 4)}" text-anchor="end">${rounded(y)}</text>`,
  ]);
}

function line({ points }, { colour, xAt, yAt }) {
  const places = points.map(([x, y]) => [rounded(xAt(x)), rounded(yAt(y))]);
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
    ...points.map(([x, y]) => text(xAt(x), yAt(y) - 8, String(y))),
  ];
}

function legend(names) {
  let x = margin.left;
  return names.flatMap((name, index) => {
    const at = x;
    x += 28 + name.length * 7;
    return [
      `<rect x="${at}" y="30" width="10" height="10" fill="${colours[index % colours.length]}"/>`,
      `<text x="${at + 15}" y="39">${escaped(name)}</text>`,
    ];
  });
}

function text(x, y, content) {
  return `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="middle">${escaped(content)}</text>`;
}

/** 1, 2 or 5 times a power of ten, at or above. */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
}

function rounded(value) {
  return Math.round(value * 100) / 100;
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
